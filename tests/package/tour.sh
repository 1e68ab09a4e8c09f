#!/usr/bin/env bash
# tour.sh FOLDER: installs the package of FOLDER in a new root with nothing but Debian 12 and what
# the package depends on, and types the tour of docs/operate.md there, word for word, in a network
# of its own. systemd does not run in such a root; support/systemctl stands in for it.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$(cd "$1" && pwd)
here=$root/tests/package
package=$(ls "$folder"/latchkey_*.deb)

if ! unshare --net --mount --pid --fork true 2>/dev/null; then
  echo "no right to make namespaces: the tour is left out"
  exit 0
fi

tour=$(awk '/^```/ { inside = ($0 == "```sh tour"); next } inside' "$root/docs/operate.md")
[ "$(wc -l <<<"$tour")" -ge 8 ] || { echo "the tour has lost its commands"; exit 1; }

# Of alternatives the last one: the small one.
needed=$(dpkg-deb -f "$package" Depends | tr ',' '\n' | sed 's/.*|//; s/(.*//; s/ //g' | paste -sd,)
place=$folder/tour clean=$folder/debian
# A root with Debian alone, made once for the same packages, from where this machine has Debian;
# what else its apt is set up for stays out.
if [ "$(cat "$clean.needed" 2>/dev/null)" != "$needed" ]; then
  rm -rf --one-file-system "$clean" "$clean.needed"
  sources=/etc/apt/sources.list.d/debian.sources
  [ -f "$sources" ] || sources=/etc/apt/sources.list
  mmdebstrap --quiet --variant=minbase --include="curl,$needed" bookworm "$clean" - <"$sources" \
    >"$folder/mmdebstrap.log" 2>&1 || { tail -n 20 "$folder/mmdebstrap.log" && exit 1; }
  echo "$needed" >"$clean.needed"
fi
rm -rf --one-file-system "$place"
trap 'rm -rf --one-file-system "$place"' EXIT
cp -a --reflink=auto "$clean" "$place"

cp "$package" "$place/root/"
cp "$here/support/systemctl" "$place/usr/bin/systemctl"
{
  echo 'set -eux; cd /root; mount -t proc proc /proc; mount -t tmpfs tmpfs /run'
  echo "$tour"
  cat "$here/support/after.sh"
} >"$place/root/tour"
# --pid: what the tour started ends with it.
start='ip link set lo up && exec chroot "$1" sh /root/tour'
unshare --net --mount --pid --fork sh -c "$start" sh "$place"
