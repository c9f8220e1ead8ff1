#!/usr/bin/env bash
# Turn the app's options into a configuration, and become the bridge.
set -euo pipefail
umask 077        # what is written here holds passwords and keys
trap '' USR1     # a backup asks for a copy with it: until the bridge listens, it means nothing

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
data=${DATA_DIRECTORY:-/data}
config=$data/sebridge.yaml
database=$data/sebridge.db
copy=$database.copy

# The configuration is in no backup: where there is none, these data are new or were restored. Then
# the copy is the whole database, and the file in its place was taken while it was written.
if [ -f "$copy" ] && [ ! -f "$config" ]; then
    echo "The database was restored from a backup." >&2
    rm -f -- "$database-wal"
    mv -f -- "$copy" "$database"
fi
rm -f -- "$copy" # what is left of a backup that was broken off is older than the database

# Passwords go from file to file: never into arguments, the environment or the log.
python3 "$here/configure.py" "$data/options.json" "$config"
unset SUPERVISOR_TOKEN
exec sebridge run -c "$config"
