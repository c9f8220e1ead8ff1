#!/usr/bin/env bash
# Turn the app's options into a configuration, and become the bridge.
set -euo pipefail
umask 077 # what is written here holds passwords

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
data=${DATA_DIRECTORY:-/data}
config=$data/sebridge.yaml

# Passwords go from file to file: never into arguments, the environment or the log.
python3 "$here/configure.py" "$data/options.json" "$config"
unset SUPERVISOR_TOKEN
exec sebridge run -c "$config"
