# Sourced by ./dev: the steps of `./dev test`, their logs, times and counts.

. tools/dev/npm.sh
. tools/dev/next.sh

STEPS=(format checks headers dev release consume npm next browser asan tsan)
LOGS=$ROOT/build/logs
PASSED=0
FAILED=0
STEP_LIMIT=${LATCHKEY_STEP_LIMIT:-2400} # seconds; of --full: four hours
RUN_LIMIT=${LATCHKEY_RUN_LIMIT:-4800}    # for all steps together

# count PASSED FAILED is how a step tells its tests; it writes to the file run_step reads.
count() {
  echo "$1 $2" >>"$LOGS/counts"
}

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
  python3 tools/run_unittests.py "$LOGS/counts" || status=$?
  for name in includes words sizes docs; do
    check "$name" python3 "tools/check_$name.py"
  done
  check "the scripts parse" bash -n dev tools/dev/*.sh .ci/run
  return "$status"
}

# Every public header compiles alone with both compilers; the result type also without exceptions.
step_headers() {
  local header compiler
  for compiler in g++ clang++; do
    check "result.h without exceptions, $compiler" \
      header_alone "$compiler" include/latchkey/result.h -fno-exceptions -fno-rtti
  done
  for header in include/latchkey/{,testing/,adapters/}*.h; do
    for compiler in g++ clang++; do
      check "$header with $compiler" header_alone "$compiler" "$header" &
      # As many at once as there are cores.
      if [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; then wait -n; fi
    done
  done
  wait
}

header_alone() {
  echo "#include \"${2#include/}\"" | "$1" -std=c++20 -Iinclude -Wall -Wextra -Wpedantic \
    -Wconversion -Wshadow -Werror -fsyntax-only -x c++ "${@:3}" -
}

# run_ctest PRESET [NAME...] runs all tests of a preset, or those.
# build_and_ctest PRESET builds everything of a preset and runs its tests. What does not compile
# does not keep the rest from being tested.
build_and_ctest() {
  LATCHKEY_KEEP_GOING=1 build_preset "$1" || count 0 1
  run_ctest "$1"
}

step_dev() { build_and_ctest dev; }

# The asan preset is built by clang with -Wthread-safety, so it is also the analysis of the locks.
step_asan() { build_and_ctest asan; }

# ThreadSanitizer looks at what has threads; the rest has none, and asan runs all of it.
THREADED=(account auth conformance fleet http_service memory near_cache postgres_engine redis_store
  server server_process session sqlite)
step_tsan() {
  LATCHKEY_KEEP_GOING=1 build_preset tsan "${THREADED[@]/%/_tests}" || count 0 1
  run_ctest tsan "${THREADED[@]}"
}

run_ctest() {
  local without_aslr=()
  # ThreadSanitizer of this age does not start where the kernel moves its mappings very far.
  if [ "$1" = tsan ] && setarch -R true 2>/dev/null; then without_aslr=(setarch -R); fi
  # A second signal ends the server with its threads running, on purpose: that is no leak.
  local tsan_options=halt_on_error=1:second_deadlock_stack=1:report_thread_leaks=0
  ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 \
    UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=$tsan_options \
    "${without_aslr[@]}" python3 tools/run_ctest.py "build/$1" "$LOGS/counts" "${@:2}"
}

step_release() {
  build_preset release
  check "the program says its version" build/release/latchkey --version
  check "the tour of the README" tests/readme_tour.sh
}

# The installed package is found and linked by a program of its own.
step_consume() {
  local prefix=$ROOT/build/consume/prefix
  rm -rf build/consume
  cmake --install build/release --prefix "$prefix" >/dev/null
  local example
  for example in examples/cpp_*/; do
    example=$(basename "$example")
    check "$example builds and runs against the installed package" consume "$example" "$prefix"
  done
}

consume() {
  local launcher=()
  if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  cmake -S "examples/$1" -B "build/consume/$1" -G Ninja -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_PREFIX_PATH="$2" "${launcher[@]}" --log-level=WARNING &&
    cmake --build "build/consume/$1" &&
    run_example "$1"
}

# The programs with pages are walked through; the others check themselves.
run_example() {
  local program=$ROOT/build/consume/$1/$1
  case $1 in
    cpp_httplib | cpp_beast) python3 tests/examples/walk.py "$program" ;;
    *) (cd "build/consume/$1" && "$program") ;;
  esac
}

step_browser() {
  node tests/browser/run.mjs --counts "$LOGS/counts"
}

# end_tree PID ends a process and all it started, the parent first, so that it tells of nothing.
end_tree() {
  local child children
  children=$(ps -o pid= --ppid "$1") || true
  kill -KILL "$1" 2>/dev/null || true
  for child in $children; do end_tree "$child"; done
}

# seconds_left prints how long the next step may take: what hangs must not keep the rest from
# being told.
seconds_left() {
  if [ -n "${LATCHKEY_FULL:-}" ]; then echo 14400; return; fi
  local left=$((RUN_LIMIT - SECONDS))
  echo $((left < STEP_LIMIT ? left : STEP_LIMIT))
}

# watch NAME LOG PID SECONDS prints every 30 s where a step is and ends it when its time is over.
watch() {
  local seconds=0
  while sleep 30; do
    seconds=$((seconds + 30))
    printf '        %s %d s: %s\n' "$1" "$seconds" "$(tail -n 1 "$2" | cut -c 1-90)"
    if [ "$seconds" -gt "$4" ]; then
      echo "ended: the step took more than $4 s" >>"$2"
      end_tree "$3"
    fi
  done
}

# run_step NAME NUMBER TOTAL runs one step, tells how it went and adds its counts.
run_step() {
  local name=$1 log=$LOGS/$1.log started=$SECONDS status=0 step beat passed failed
  printf '[%d/%d] %s\n' "$2" "$3" "$name"
  : >"$log"
  rm -f "$LOGS/counts"
  (set -e; "step_$name") >"$log" 2>&1 &
  step=$!
  watch "$name" "$log" "$step" "$(seconds_left)" &
  beat=$!
  disown "$beat" # or the shell would tell of its end
  wait "$step" 2>/dev/null || status=$?
  end_tree "$beat"
  read -r passed failed < <(awk '{ p += $1; f += $2 } END { print p + 0, f + 0 }' \
    "$LOGS/counts" 2>/dev/null || echo 0 0)
  if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
  PASSED=$((PASSED + passed))
  FAILED=$((FAILED + failed))
  if [ "$failed" -gt 0 ]; then
    tail -n 40 "$log" | sed 's/^/        /'
    echo "        whole log: build/logs/$name.log"
  fi
  printf '        %s: %d passed, %d failed, %d s\n' "$name" "$passed" "$failed" \
    $((SECONDS - started))
}

run_tests() {
  local wanted=() argument
  for argument in "$@"; do
    case $argument in
      --full) export LATCHKEY_FULL=1 ;;
      --list) printf '%s\n' "${STEPS[@]}" && return ;;
      *) declare -F "step_$argument" >/dev/null || die "no step $argument; see ./dev test --list"
         wanted+=("$argument") ;;
    esac
  done
  if [ ${#wanted[@]} -eq 0 ]; then wanted=("${STEPS[@]}"); fi
  ensure_packages build test clang format browser
  mkdir -p "$LOGS"
  ensure_node
  for argument in tests/*/package-lock.json; do
    ensure_npm "${argument%/*}"
  done
  local number=0
  for argument in "${wanted[@]}"; do
    number=$((number + 1))
    run_step "$argument" "$number" "${#wanted[@]}"
  done
  echo "${LATCHKEY_FULL:+the full run }took $SECONDS s"
  if [ $((PASSED + FAILED)) -eq 0 ]; then
    echo "no test was counted, which is a failure"
    FAILED=1
  fi
  echo "$PASSED passed, $FAILED failed"
  [ "$FAILED" -eq 0 ]
}
