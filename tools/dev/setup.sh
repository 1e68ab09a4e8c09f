# Sourced by ./dev: installs what is missing, and is quick when nothing is.

PACKAGES_build=(g++ cmake ninja-build pkg-config ccache lld libboost1.81-dev libssl-dev
  libsqlite3-dev libpq-dev libargon2-dev libcrypt-dev libutf8proc-dev libtomlplusplus-dev
  libcli11-dev)
PACKAGES_test=(make libgtest-dev libgmock-dev libcpp-httplib-dev procps python3 sqlite3 curl
  valgrind postgresql pgbouncer redis-server)
PACKAGES_clang=(clang libclang-rt-14-dev)
PACKAGES_format=(clang-format-14)
PACKAGES_lint=(clang-tidy-14)
PACKAGES_docs=(doxygen)
# dpkg-dev finds out what a program depends on; mmdebstrap makes a root to install it in.
PACKAGES_package=(dpkg-dev lintian gzip systemd)
PACKAGES_root=(mmdebstrap iproute2 util-linux curl)
PACKAGES_browser=(chromium openssl libnss3-tools)
PACKAGES_bench=(libjwt-dev nginx-light wrk redis-server postgresql)
PACKAGES_proxy=(nginx-light caddy haproxy python3)
PACKAGES_cluster=(redis-server nginx-light python3)
PACKAGES_firefox=(firefox-esr)
PACKAGES_node=(nodejs npm)

NODE_MINIMUM=20.9.0
NODE_INSTALLED=22.23.3 # npm's `node` package, taken when the machine has no Node that is new enough
NPM_INSTALLED=10.9.9 # npm's `npm` package, likewise
NODE_OTHERS=(20.20.2 "$NODE_INSTALLED") # the addon is tested on the one of another line, too

die() {
  echo "dev: $*" >&2
  exit 1
}

# missing_packages prints those of its arguments that are not installed.
missing_packages() {
  local installed
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
    awk '$2 == "installed" { print $1 }') || true
  printf '%s\n' "$@" | grep -vxF -e "${installed:-none}" || true
}

# ensure_packages GROUP... installs what is missing of those groups, or says what to install.
ensure_packages() {
  local group wanted=() missing as_root=()
  for group in "$@"; do
    local -n packages="PACKAGES_$group"
    wanted+=("${packages[@]}")
    unset -n packages
  done
  command -v dpkg-query >/dev/null || {
    echo "dev: not a Debian system, so nothing is installed; needed: ${wanted[*]}" >&2
    return 0
  }
  missing=$(missing_packages "${wanted[@]}" | tr '\n' ' ')
  [ -n "${missing// /}" ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "as root, please: apt-get install $missing"
    as_root=(sudo)
  fi
  echo "dev: installing $missing"
  mkdir -p build/logs
  if ! "${as_root[@]}" apt-get update -q >build/logs/setup.log 2>&1 ||
    ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-remove \
      --no-install-recommends $missing >>build/logs/setup.log 2>&1; then
    tail -n 15 build/logs/setup.log >&2
    die "the packages could not be installed (build/logs/setup.log): $missing"
  fi
}

# ensure_npm FOLDER installs what its package-lock.json pins, when that is not there yet.
ensure_npm() {
  local stamp=$1/node_modules/.package-lock.json
  if [ -f "$stamp" ] && [ ! "$1/package-lock.json" -nt "$stamp" ]; then return; fi
  echo "dev: installing the npm packages of $1"
  local prefix headers
  prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
  # A package with a binary for Node itself is built against the headers of this very Node; those
  # of npm's `node` are in a package beside it or below it. With others it crashes.
  for headers in "$prefix" "$prefix"/../node-linux-* "$prefix"/node_modules/node-linux-*; do
    if [ -f "$headers/include/node/node.h" ]; then
      npm_config_nodedir=$(realpath "$headers")
      export npm_config_nodedir
    fi
  done
  npm --prefix "$1" ci --no-audit --no-fund >build/logs/packages.log 2>&1 ||
    { tail -n 15 build/logs/packages.log >&2; die "npm ci failed in $1 (build/logs/packages.log)"; }
}

# node_is_enough PROGRAM tells whether it is a Node of at least NODE_MINIMUM.
node_is_enough() {
  local version
  version=$("$1" --version 2>/dev/null) || return 1
  [ "$(printf '%s\n' "$NODE_MINIMUM" "${version#v}" | sort -V | head -n 1)" = "$NODE_MINIMUM" ]
}

# install_node VERSION installs npm's `node` package below build/ and prints where its program is.
install_node() {
  local folder=$ROOT/build/tools/node-$1
  if [ ! -x "$folder/node_modules/node/bin/node" ]; then
    mkdir -p "$folder" build/logs
    echo "dev: installing Node $1 below build/" >&2
    npm install --prefix "$folder" --no-audit --no-fund --no-save "node@$1" \
      >build/logs/node.log 2>&1 || { tail -n 15 build/logs/node.log >&2; return 1; }
  fi
  echo "$folder/node_modules/node/bin/node"
}

# ensure_node puts a Node that is new enough first in PATH, below build/ when the machine has none.
ensure_node() {
  # npm trusts what the system trusts, so that it works behind a company's proxy, too.
  if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
    export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
  fi
  if ! node_is_enough node || ! command -v npm >/dev/null; then
    ensure_packages node
    if ! node_is_enough node; then
      local program
      program=$(install_node "$NODE_INSTALLED") || die "no Node"
      PATH=$(dirname "$program"):$PATH
      node_is_enough node || die "Node below build/tools does not run"
    fi
  fi
  ensure_matching_npm
}

# ensure_matching_npm puts another npm first in PATH where Debian's would serve a Node that is not
# Debian's: what it compiles it links to Debian's, which crashes any other.
ensure_matching_npm() {
  local folder=$ROOT/build/tools/npm-$NPM_INSTALLED
  case $(readlink -f "$(command -v npm)"):$(readlink -f "$(command -v node)") in
    *:/usr/bin/*) return ;;
    /usr/share/nodejs/*) ;;
    *) return ;;
  esac
  if [ ! -x "$folder/node_modules/.bin/npm" ]; then
    mkdir -p "$folder" build/logs
    echo "dev: installing npm $NPM_INSTALLED below build/" >&2
    npm install --prefix "$folder" --no-audit --no-fund --no-save "npm@$NPM_INSTALLED" \
      >build/logs/node.log 2>&1 || { tail -n 15 build/logs/node.log >&2; die "no npm"; }
  fi
  PATH=$folder/node_modules/.bin:$PATH
}
