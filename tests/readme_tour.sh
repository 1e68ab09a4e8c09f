#!/usr/bin/env bash
# Runs the curl tour of the README, word for word, against a server of its own.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(mktemp -d)
"$root/build/release/latchkey" serve --listen 127.0.0.1:0 --data "$folder/data" \
  >"$folder/log" 2>&1 &
server=$!
trap 'kill "$server"; wait "$server"; rm -r "$folder"' EXIT

address=
for _ in $(seq 100); do
  address=$(grep -o 'http://localhost:[0-9]*' "$folder/log" | head -n 1) && break
  sleep 0.1
done
[ -n "$address" ] || { cat "$folder/log" && exit 1; }

awk '/^```/ { if (inside && block ~ /v1.signup/) printf "%s", block }
  /^```/ { inside = ($0 == "```sh"); block = "" }
  inside && !/^```/ { block = block $0 "\n" }' "$root/README.md" >"$folder/tour"
sed -i "s|^url=.*|url=$address|" "$folder/tour"
cd "$folder"
answers=$(bash -eu tour)
echo "$answers"
grep -q '"username":"ada@example.com"' <<<"$answers"
grep -q '"sessions":\[' <<<"$answers"
grep -q '"code":"no_session"' <<<"$answers"
