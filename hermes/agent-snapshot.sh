# For bash and zsh: a snapshot before every `hermes update`, and a restore that waits for the next start done before it.
# In ~/.bashrc or ~/.zshrc:  . ~/.hermes/plugins/snapshots/agent-snapshot.sh
hermes() {
	case "${1-}" in
	update | upgrade)
		agent-snapshot create --reason pre-update --best-effort --timeout 60
		;;
	esac
	if [ -e "${HERMES_HOME:-$HOME/.hermes}/state-snapshots/.next-start.json" ] ||
		[ -e "${HERMES_HOME:-$HOME/.hermes}/state-snapshots/.restore/journal.json" ]; then
		# Whatever comes of it is said, and Hermes starts.
		agent-snapshot recover
	fi
	command hermes "$@"
}
