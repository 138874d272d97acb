#!/bin/sh
# One Valkey: its settings ($1), its password from a file ($2), and the rest of the words as they are.
# The password goes into a file of the container's own memory: a command line can be read by others.
set -eu
umask 077
settings="${TMPDIR:-/tmp}/valkey.conf"
cat "$1" > "$settings"
printf 'requirepass %s\n' "$(cat "$2")" >> "$settings"
shift 2
exec valkey-server "$settings" "$@"
