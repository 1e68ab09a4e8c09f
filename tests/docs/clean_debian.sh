#!/usr/bin/env bash
# clean_debian.sh FOLDER: types the guide in docs/cpp in a root with Debian 12 and the packages that
# the guide names, and nothing else. Without the right to make such a root it says so and ends well.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
guide=$root/docs/cpp clean=$folder/debian place=$folder/root

if ! chroot / true 2>/dev/null; then
  echo "no right to change the root directory: the guide is not typed"
  exit 0
fi

# commands PAGE prints what the page's blocks of sh say, one line a command.
commands() {
  awk '/^```/ { inside = ($0 == "```sh"); next } inside' "$guide/$1.md" | sed -z 's/\\\n *//g'
}
# typed PAGE PATTERN prints the page's command that begins so, and fails when there is none.
typed() { commands "$1" | grep "^$2"; }

needed=$(typed first_login 'apt-get install' | sed 's/^apt-get install //; s/  */,/g')
if [ "$(cat "$clean.needed" 2>/dev/null)" != "$needed" ]; then
  rm -rf --one-file-system "$clean" "$clean.needed"
  sources=/etc/apt/sources.list.d/debian.sources
  [ -f "$sources" ] || sources=/etc/apt/sources.list
  mmdebstrap --quiet --variant=minbase --include="$needed" bookworm "$clean" - <"$sources" \
    >"$folder/mmdebstrap.log" 2>&1 || { tail -n 20 "$folder/mmdebstrap.log" && exit 1; }
  echo "$needed" >"$clean.needed"
fi
rm -rf --one-file-system "$place"
trap 'rm -rf --one-file-system "$place"' EXIT
cp -a --reflink=auto "$clean" "$place"
mkdir "$place/root/latchkey"
git -C "$root" archive HEAD | tar x -C "$place/root/latchkey"

# inside DIRECTORY runs standard input in the root.
inside() {
  { echo "cd /root/$1" && cat; } | chroot "$place" env -i HOME=/root PATH="$PATH" sh -eux
}

# program PAGE builds what the page prints, with the commands it prints, but the one that runs it.
program() {
  local built
  cp -r "$folder/pages/$1" "$place/root/$1"
  built=$(typed "$1" 'cmake -S \.' || typed first_login 'cmake -S \.')
  inside "$1" <<<"${built%&& build/*}"
  # A program of the root that starts where its caller stands.
  printf '#!/bin/sh\nexec chroot %q sh -c "cd /root/%s && exec build/%s \\"\\$@\\"" sh "$@"\n' \
    "$place" "$1" "$1" >"$folder/$1"
  chmod +x "$folder/$1"
}

python3 "$root/tools/check_snippets.py" programs "$folder/pages"
began=$SECONDS
typed first_login '\(apt-get install\|cmake -S latchkey\|cmake --build\)' | inside .
library=$((SECONDS - began))
program first_login
python3 "$root/tests/examples/hello.py" "$folder/first_login" /logout
echo "the first log-in: $((SECONDS - began)) s after the packages, $library of them for the library"
program beast
python3 "$root/tests/examples/hello.py" "$folder/beast" /logout
program testing
"$folder/testing"

# The other way of build.md: with pkg-config, on a program of its own.
cp "$root/tests/consume/main.cc" "$place/root/app.cc"
typed build '\(export\|g++\)' | inside .
chroot "$place" /root/app /root/app.db
