# Sourced by ./dev: configuring and building a preset.

export CCACHE_BASEDIR=$ROOT CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
[ -n "${HOME:-}" ] || export CCACHE_DIR=$ROOT/build/ccache

# build_jobs prints how many compilers may run at once: one for each core and 1.5 GB of memory.
build_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable/ { print int($2 / 1500000) }' /proc/meminfo)
  [ "$memory" -ge 1 ] || memory=1
  echo $((cores < memory ? cores : memory))
}

configure_preset() {
  local flags=()
  if command -v ccache >/dev/null; then flags=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  cmake --preset "$1" --log-level=WARNING "${flags[@]}"
}

# build_preset PRESET [TARGET...] configures when needed and builds.
build_preset() {
  local preset=$1
  shift
  configure_preset "$preset"
  cmake --build "build/$preset" --parallel "$(build_jobs)" ${1:+--target "$@"} \
    ${LATCHKEY_KEEP_GOING:+-- -k 0}
}

# hash_of PATH... prints a hash of those files and folders, without what is installed or built.
hash_of() {
  find "$@" \( -name node_modules -o -name .next \) -prune -o -type f -print0 |
    sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

# once STAMP HASH COMMAND... runs the command, unless it ran well for the same hash before.
once() {
  local stamp=$1 hash=$2
  shift 2
  if [ "$(cat "$stamp" 2>/dev/null)" = "$hash" ]; then
    echo "dev: $1: nothing has changed since it was done"
    return
  fi
  rm -f "$stamp"
  "$@" || return
  mkdir -p "${stamp%/*}"
  echo "$hash" >"$stamp"
}
