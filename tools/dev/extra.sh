# Sourced by ./dev: format, lint, docs, fuzz, bench.

# our_sources prints the C++ files of the repository.
our_sources() {
  find include src tests fuzz bench examples npm -name node_modules -prune -o \
    \( -name '*.cc' -o -name '*.h' \) -print | LC_ALL=C sort
}

run_format() {
  local format=clang-format-14
  ensure_packages format
  command -v $format >/dev/null || format=clang-format
  if [ "${1:-}" = --check ]; then
    our_sources | xargs $format --dry-run --Werror
  else
    our_sources | xargs $format -i
  fi
}

# Without --all: the files that differ from main, committed or not.
run_lint() {
  ensure_packages build test clang lint
  ensure_node
  configure_preset asan # the preset built by clang
  local files
  if [ "${1:-}" = --all ]; then
    files=$(our_sources | grep '^src/.*\.cc$')
  else
    files=$({ git diff --name-only "$(git merge-base main HEAD)" &&
      git ls-files -o --exclude-standard; } | grep '^src/.*\.cc$' | sort -u |
      xargs -r ls -d 2>/dev/null) || true
  fi
  [ -n "$files" ] || { echo "no changed sources; --all looks at every one" && return; }
  xargs -n 1 -P "$(build_jobs)" clang-tidy-14 -p build/asan --quiet --warnings-as-errors='*' \
    <<<"$files"
}

# A warning of Doxygen fails it: a name that is gone, a parameter that never was.
run_docs() {
  ensure_packages docs
  rm -rf build/docs
  mkdir -p build/docs
  doxygen tools/docs/Doxyfile
  ensure_node
  ensure_npm npm
  (cd npm && node_modules/.bin/typedoc)
  printf '%s\n' build/docs/html/index.html build/docs/npm/index.html
}

run_fuzz() {
  local target=${1:?which target? see fuzz/*.cc} seconds=60
  [ "${2:-}" != --seconds ] || seconds=${3:?--seconds N}
  [ -f "fuzz/$target.cc" ] || die "no fuzz/$target.cc"
  ensure_packages build clang
  build_preset fuzz "fuzz_$target"
  mkdir -p "build/fuzz/found_$target"
  local flags=(-max_total_time="$seconds" -print_final_stats=1)
  if [ -f "fuzz/$target.dict" ]; then flags+=("-dict=fuzz/$target.dict"); fi
  "build/fuzz/fuzz/fuzz_$target" "${flags[@]}" "build/fuzz/found_$target" "fuzz/${target}_corpus"
}

bench_help() {
  cat <<'TEXT'
./dev bench [NAME...] [--list] [--json FILE] [--pairs N] [--seconds S]

Measures each operation beside its physical limit or its peer, in pairs that alternate in one run,
and prints the CPU time and the ratio with its budget. Without a NAME everything runs, which takes
about half an hour on two idle cores; names that begin with addon_ or next_ are of the npm package.

  --list       print the names and what each one measures
  --json FILE  also write the results to FILE
  --pairs N    pairs to measure (9)
  --seconds S  time for one side of a pair (0.25)
TEXT
}

# Names that begin with addon_ or next_ are benchmarks of the npm package; without a name both
# kinds run. Their results share the file of --json.
run_bench() {
  local native=() node=() flags=() json=""
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h)
        bench_help
        return
        ;;
      --list) flags+=("$1") ;;
      --*)
        flags+=("$1" "${2:?$1 needs a value}")
        if [ "$1" = --json ]; then json=$2; fi
        shift
        ;;
      addon_* | next_*) node+=("$1") ;;
      *) native+=("$1") ;;
    esac
    shift
  done
  ensure_packages build bench
  mkdir -p build/bench build/logs
  if [ -n "$json" ]; then rm -f "$json"; fi
  if [ ${#native[@]} -gt 0 ] || [ ${#node[@]} -eq 0 ]; then
    build_preset release
    build/release/latchkey_bench "${native[@]}" "${flags[@]}"
  fi
  if [ ${#node[@]} -gt 0 ] || [ ${#native[@]} -eq 0 ]; then
    . tools/dev/npm.sh
    ensure_node
    build_npm
    ensure_npm npm/test/peers
    ensure_npm npm/bench/peers
    # iron-session 9 wants a newer Node than better-sqlite3 may have been compiled for.
    local newest
    newest=$(install_node "$NODE_INSTALLED")
    node npm/bench/main.mjs --peers compiled "${node[@]}" "${flags[@]}"
    "$newest" npm/bench/main.mjs --peers plain "${node[@]}" "${flags[@]}"
  fi
}
