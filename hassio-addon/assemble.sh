#!/usr/bin/env bash
# Put the app and the bridge's sources into one folder, from which the image is built:
#     hassio-addon/assemble.sh /addons/sebridge
set -euo pipefail

if [ "$#" -ne 1 ]; then
    echo "usage: $0 FOLDER" >&2
    exit 2
fi
app=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
project=$(dirname "$app")
target=$1

mkdir -p "$target"
if [ -n "$(ls -A "$target")" ] && [ ! -f "$target/configure.py" ]; then
    echo "$target holds something else; choose a new folder" >&2
    exit 1
fi
cp -R "$app/." "$target/"
cp "$project/requirements.lock" "$target/"
rm -rf "$target/source"
mkdir "$target/source"
cp -R "$project/sebridge" "$project/pyproject.toml" "$project/README.md" "$project/LICENSE" \
    "$target/source/"
find "$target" -name __pycache__ -type d -prune -exec rm -r {} +
