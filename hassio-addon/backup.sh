#!/usr/bin/env bash
# Before a backup, have the bridge write a whole copy of its database; afterwards, take it away.
# The Supervisor runs it in the container: a status other than 0 makes the backup fail.
set -euo pipefail

data=${DATA_DIRECTORY:-/data}
copy=$data/sebridge.db.copy
bridge=${BRIDGE_PROCESS:-1}
patience=${BACKUP_PATIENCE:-60} # seconds

rm -f -- "$copy"
if [ "${1:-}" = pre ]; then
    end=$((SECONDS + patience))
    # It is asked again and again, as a bridge that is just starting hears nothing.
    until kill -USR1 "$bridge" && sleep 0.2 && [ -f "$copy" ]; do
        if [ "$SECONDS" -ge "$end" ]; then
            echo "The bridge has written no copy of its database; its log may say why." >&2
            exit 1
        fi
    done
fi
