# For bash and zsh: a snapshot before every `hermes update`, and a restore that waits for the next start done before it.
# In ~/.bashrc or ~/.zshrc:  . ~/.hermes/plugins/snapshots/agent-snapshot.sh
hermes() {
	local word skip='' verb='' profile='' root="${HERMES_HOME:-$HOME/.hermes}" home
	case $root in
	*/profiles/*) profile=${root##*/} root=${root%/profiles/*} ;;
	esac
	# Hermes' own options may stand before the verb, some with a value behind them.
	for word in "$@"; do
		case $skip in
		profile) profile=$word skip='' && continue ;;
		value) skip='' && continue ;;
		perhaps) skip='' && case $word in -* | update | upgrade) ;; *) continue ;; esac ;;
		esac
		case $word in
		-p | --profile) skip=profile ;; # wherever it stands
		--profile=*) profile=${word#*=} ;;
		-c | --continue) skip=perhaps ;;
		-z | --oneshot | -m | --model | --provider | --reasoning | -t | --toolsets | -r | --resume | -s | --skills | --usage-file | --in) skip=value ;;
		-*) ;;
		*) [ -n "$verb" ] || verb=$word ;;
		esac
	done
	# A profile that was chosen for good.
	if [ -z "$profile" ] && [ -r "$root/active_profile" ]; then
		read -r profile <"$root/active_profile" || :
	fi
	case $verb in
	update | upgrade)
		# An update is one for all profiles: the whole home, whichever of them it was typed for.
		agent-snapshot create --home "$root" --reason pre-update --best-effort --timeout 60
		;;
	esac
	for home in "$root" "$root/profiles/$profile"; do
		if [ -e "$home/state-snapshots/.next-start.json" ] || [ -e "$home/state-snapshots/.restore/journal.json" ]; then
			# Whatever comes of it is said, and Hermes starts.
			agent-snapshot recover --home "$home"
		fi
	done
	command hermes "$@"
}
