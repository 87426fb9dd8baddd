import type { SHELLS } from "./completion.ts";

/*
 * Each asks us for what may stand at the cursor, so that it is always right for the version that is installed. What was typed
 * of --home and --host goes before the question: they say whose snapshots are meant.
 */
export const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
	bash: `# Tab for agent-snapshot in bash: eval "$(agent-snapshot completion bash)"
_agent_snapshot() {
	local i word about
	local -a place=() before=() told=()
	COMPREPLY=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ \${COMP_WORDS[i]} == --ho@(me|st) ]] && ((i + 1 < COMP_CWORD)); then
			place+=("\${COMP_WORDS[i]}" "\${COMP_WORDS[i + 1]/#\\~/$HOME}")
			((i++))
		else
			before+=("\${COMP_WORDS[i]}")
		fi
	done
	[[ \${COMP_WORDS[COMP_CWORD - 1]} == --home ]] && return
	while IFS=$'\\t' read -r word about; do
		[[ -n $word ]] && COMPREPLY+=("$word") && told+=("$word\${about:+  ($about)}")
	done < <("\${COMP_WORDS[0]/#\\~/$HOME}" \${place[@]+"\${place[@]}"} completion offer -- \\
		\${before[@]+"\${before[@]}"} "\${COMP_WORDS[COMP_CWORD]//\\\\/}" 2>/dev/null)
	# Names with blanks are quoted; behind a directory it goes on.
	[[ \${COMPREPLY[*]} == *[!a-z0-9\\ -]* ]] && compopt -o filenames 2>/dev/null || :
	[[ \${#COMPREPLY[@]} == 1 && $COMPREPLY == */ ]] && compopt -o nospace 2>/dev/null || :
	compopt -o nosort 2>/dev/null || :
	# What is only listed, and not put into the line, says what it is.
	if [[ \${COMP_TYPE-} == 63 && \${#told[@]} -gt 1 ]]; then
		compopt +o filenames 2>/dev/null || :
		for i in "\${!told[@]}"; do COMPREPLY[i]=\${told[i]:0:\${COLUMNS:-80}-2}; done
	fi
	return 0
}
complete -o default -F _agent_snapshot agent-snapshot`,
	zsh: `#compdef agent-snapshot
# Tab for agent-snapshot in zsh: eval "$(agent-snapshot completion zsh)", behind compinit
_agent_snapshot() {
	local -a place before offered into
	local -a typed=("\${(@Q)words}")
	local i word about
	for ((i = 2; i < CURRENT; i++)); do
		if [[ $typed[i] == --ho(me|st) ]] && ((i + 1 < CURRENT)); then
			place+=($typed[i] "\${typed[i + 1]/#\\~/$HOME}")
			((i++))
		else
			before+=("$typed[i]")
		fi
	done
	if [[ $typed[CURRENT-1] == --home ]]; then
		_files -/
		return
	fi
	while IFS=$'\\t' read -r word about; do
		[[ $word == */ ]] && into+=("\${word//:/\\:}:$about") && continue
		[[ -n $word ]] && offered+=("\${word//:/\\:}:$about")
	done < <("\${typed[1]/#\\~/$HOME}" $place completion offer -- $before "\${(Q)PREFIX}" 2>/dev/null)
	if (($#offered + $#into)); then
		_describe -V 'agent-snapshot' offered -- into -S ''
	else
		_files
	fi
}
if [[ $funcstack[1] == _agent_snapshot ]]; then
	_agent_snapshot "$@"
else
	compdef _agent_snapshot agent-snapshot
fi`,
	fish: `# Tab for agent-snapshot in fish: agent-snapshot completion fish | source
function __agent_snapshot_offers
	set -l place
	set -l before
	set -l typed (commandline -opc)
	set -l current (commandline -ct)
	set -l program (string replace -r '^~' $HOME -- $typed[1])
	set -e typed[1]
	while set -q typed[1]
		if contains -- $typed[1] --home --host; and set -q typed[2]
			set -a place $typed[1] (string replace -r '^~' $HOME -- $typed[2])
			set -e typed[1..2]
		else
			set -a before $typed[1]
			set -e typed[1]
		end
	end
	command $program $place completion offer -- $before "$current" 2>/dev/null | string match -v ''
end
complete -c agent-snapshot -f -a '(__agent_snapshot_offers)'
complete -c agent-snapshot -l home -r -F -d "the agent's home directory"`,
};
