# Sourced by ./dev: the steps of `./dev test`, their logs, times and counts.

. tools/dev/npm.sh
. tools/dev/next.sh
. tools/dev/steps.sh

# Two lanes run beside each other: one compiles and runs the C++ tests, the other has what waits for
# Node, a browser and services, and begins with what needs no program.
BUILD_LANE=(release asan tsan)
OTHER_LANE=(format checks attack proxy npm next browser consume)
# What only --full runs: a compile without unity builds, the POSIX way, each header alone, other
# compilers, another Node, and what repeats code of the default run somewhere else.
FULL_BUILD_LANE=(dev portable addon_asan)
FULL_OTHER_LANE=(headers compilers next_more nodes lint package soak)
AFTER_RELEASE=(soak attack proxy npm next browser consume) # they use what the step release builds

# check NAME COMMAND... runs one check that counts as one test.
check() {
  local name=$1
  shift
  if "$@"; then
    count 1 0
  else
    echo "check failed: $name"
    count 0 1
  fi
}

step_format() {
  . tools/dev/extra.sh
  check format run_format --check
}

step_checks() {
  local name status=0
  python3 tools/run_unittests.py "$COUNTS" || status=$?
  for name in includes words sizes docs requirements exports; do
    check "$name" python3 "tools/check_$name.py"
  done
  check "the scripts parse" bash -n dev tools/dev/*.sh .ci/run
  return "$status"
}

# Every public header compiles alone; the result type also without exceptions. In the default run
# they are compiled with what includes them.
step_headers() {
  check "result.h without exceptions" \
    header_alone g++ include/latchkey/result.h -fno-exceptions -fno-rtti
  headers_alone g++
}

step_compilers() {
  . tests/consume/ways.sh
  check "the library by way of a shared one" way_shared
  check "the library by way of clang 19" way_clang_19 "$ROOT/build/consume/prefix"
  check "result.h without exceptions, clang" \
    header_alone clang++ include/latchkey/result.h -fno-exceptions -fno-rtti
  headers_alone clang++
}

headers_alone() {
  local header
  for header in include/latchkey/{,store/,codec/,detail/,testing/,adapters/}*.h; do
    check "$header with $1" header_alone "$1" "$header" &
    # As many at once as there are cores.
    if [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; then wait -n; fi
  done
  wait
}

header_alone() {
  echo "#include \"${2#include/}\"" | "$1" -std=c++20 -Iinclude -Wall -Wextra -Wpedantic \
    -Wconversion -Wshadow -Werror -fsyntax-only -x c++ "${@:3}" -
}

# build_and_ctest PRESET builds everything of a preset and runs its tests. What does not compile
# does not keep the rest from being tested.
build_and_ctest() {
  LATCHKEY_KEEP_GOING=1 build_preset "$1" || count 0 1
  run_ctest "$1"
}

# Without unity builds, so that each file includes what it uses.
step_dev() { build_and_ctest dev; }

# The asan preset is built by clang with -Wthread-safety, so it is also the analysis of the locks.
step_asan() { build_and_ctest asan; }

# ThreadSanitizer looks at what has threads; the rest has none, and asan runs all of it. What talks
# to a server, or is one, is left to --full: it takes longer than all the others.
THREADED=(account auth conformance memory near_cache session sqlite)
FULL_THREADED=(adapters fleet http_service postgres_engine redis_store server server_process)
step_tsan() {
  local programs=("${THREADED[@]}")
  if [ -n "${LATCHKEY_FULL:-}" ]; then programs+=("${FULL_THREADED[@]}"); fi
  LATCHKEY_KEEP_GOING=1 build_preset tsan "${programs[@]/%/_tests}" || count 0 1
  run_ctest tsan "${programs[@]}"
}

# run_ctest PRESET [NAME...] runs all tests of a preset, or those.
run_ctest() {
  local without_aslr=()
  # ThreadSanitizer of this age does not start where the kernel moves its mappings very far.
  if [ "$1" = tsan ] && setarch -R true 2>/dev/null; then without_aslr=(setarch -R); fi
  # A second signal ends the server with its threads running, on purpose: that is no leak.
  local tsan_options=halt_on_error=1:second_deadlock_stack=1:report_thread_leaks=0
  ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 \
    UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=$tsan_options \
    "${without_aslr[@]}" python3 tools/run_ctest.py "build/$1" "$COUNTS" "${@:2}"
}

# What macOS and FreeBSD would compile, on this machine: docs/platforms.md.
PORTABLE=(base session account memory sqlite near_cache postgres_engine server)
step_portable() {
  LATCHKEY_KEEP_GOING=1 build_preset portable "${PORTABLE[@]/%/_tests}" || count 0 1
  run_ctest portable "${PORTABLE[@]}"
}

step_release() {
  build_preset release
  run_ctest release # what refuses sanitizers
  check "the program says its version" build/release/latchkey --version
  check "the program is hardened" python3 tools/check_hardening.py build/release
  check "the tour of the README" tests/readme_tour.sh
}

# The installed package is found and linked by a program of its own.
step_consume() {
  local prefix=$ROOT/build/consume/prefix
  rm -rf "$prefix" build/consume/*.db
  cmake --install build/release --prefix "$prefix" >/dev/null
  . tests/consume/ways.sh
  local example way
  for way in find_package unknown_component pkg_config moved add_subdirectory fetch_content; do
    check "the library by way of $way" "way_$way" "$prefix"
  done
  for example in examples/cpp_*/; do
    example=$(basename "$example")
    check "$example builds and runs against the installed package" consume "$example" "$prefix"
  done
  . tests/docs/guide.sh
  check_guide "$prefix"
}

consume() {
  local launcher=()
  if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  cmake -S "examples/$1" -B "build/consume/$1" -G Ninja -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_PREFIX_PATH="$2" "${launcher[@]}" --log-level=WARNING &&
    cmake --build "build/consume/$1" &&
    walk_example "$1"
}

# The programs with pages are walked through; the others check themselves.
walk_example() {
  local program=$ROOT/build/consume/$1/$1
  case $1 in
    cpp_httplib | cpp_beast)
      python3 tests/examples/walk.py "$program" &&
        LATCHKEY_EXAMPLE=$program node tests/browser/run.mjs --folder tests/examples \
          --counts "$COUNTS"
      ;;
    cpp_hello) python3 tests/examples/hello.py "$program" ;;
    *) (cd "build/consume/$1" && "$program") ;;
  esac
}

# The proxies of Debian ask latchkey as docs/proxies/ says.
step_proxy() {
  python3 tests/proxy/matrix.py build/release/latchkey --counts "$COUNTS"
}

# What a client could send to do harm, against the running server.
step_attack() {
  python3 tests/attack/attack.py build/release/latchkey --counts "$COUNTS"
}

# Two nodes for half an hour, against a model of what they acknowledged.
step_soak() {
  python3 tests/soak/soak.py build/release/latchkey --self-test --counts "$COUNTS"
  python3 tests/soak/soak.py build/release/latchkey --minutes "${LATCHKEY_SOAK_MINUTES:-30}" \
    --plot build/soak.svg --counts "$COUNTS"
}

step_browser() {
  node tests/browser/run.mjs --counts "$COUNTS"
}

step_lint() {
  . tools/dev/extra.sh
  check clang-tidy run_lint --all
}

# The Debian packages: lintian, and the tour of docs/operate.md in a root with nothing else in it.
# The C++ guide is typed in another such root.
step_package() {
  . tools/dev/package.sh
  run_package
  check "lintian finds no errors" lint_packages
  check "the units are sound" verify_units
  ensure_packages root
  check "the container file" python3 tests/package/check_container.py packaging/Containerfile
  check "the tour on a clean Debian" tests/package/tour.sh build/package
  check "the C++ guide, typed on a clean Debian" tests/docs/clean_debian.sh build/clean
}

step_nodes() {
  build_npm
  test_npm_elsewhere
}

# list_steps prints each step and what it took the last time.
list_steps() {
  local step when
  local full=("${FULL_BUILD_LANE[@]}" "${FULL_OTHER_LANE[@]}")
  for step in "${BUILD_LANE[@]}" "${OTHER_LANE[@]}" "${full[@]}"; do
    when=""
    case " ${full[*]} " in *" $step "*) when="  --full only" ;; esac
    printf '%-10s %s%s\n' "$step" "$(last_duration "$step")" "$when"
  done
}

run_tests() {
  local wanted=() argument one_lane=""
  for argument in "$@"; do
    case $argument in
      --one-lane) one_lane=1 ;;
      --full) export LATCHKEY_FULL=1 ;;
      --list) list_steps && return ;;
      *) declare -F "step_$argument" >/dev/null || die "no step $argument; see ./dev test --list"
         wanted+=("$argument") ;;
    esac
  done
  ensure_packages build test clang format browser proxy ${LATCHKEY_FULL:+lint firefox}
  mkdir -p "$LOGS"
  ensure_node
  for argument in tests/*/package-lock.json; do
    ensure_npm "${argument%/*}"
  done
  if [ ${#wanted[@]} -gt 0 ]; then
    TOTAL=${#wanted[@]}
    run_lane "${wanted[@]}"
  else
    local build_lane=("${BUILD_LANE[@]}") other_lane=("${OTHER_LANE[@]}")
    if [ -n "${LATCHKEY_FULL:-}" ]; then
      build_lane+=("${FULL_BUILD_LANE[@]}")
      other_lane+=("${FULL_OTHER_LANE[@]}")
    fi
    TOTAL=$((${#build_lane[@]} + ${#other_lane[@]}))
    rm -f "$LOGS/release.done"
    wanted=("${build_lane[@]}" "${other_lane[@]}")
    # One lane after the other is slower, and leaves the browser's deadlines a machine of their own.
    if [ -n "$one_lane" ]; then
      run_lane "${build_lane[@]}" "${other_lane[@]}"
    else
      WAIT_FOR_RELEASE=1 run_lane "${other_lane[@]}" &
      run_lane "${build_lane[@]}"
      wait
    fi
  fi
  report_steps "${wanted[@]}"
}
