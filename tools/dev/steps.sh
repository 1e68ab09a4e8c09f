# Sourced by tools/dev/test.sh: runs steps, one after the other in a lane, and adds what they count.

LOGS=$ROOT/build/logs
STEP_LIMIT=${LATCHKEY_STEP_LIMIT:-2400} # seconds; of --full: four hours
RUN_LIMIT=${LATCHKEY_RUN_LIMIT:-4800}    # for all steps together

# count PASSED FAILED is how a step reports its tests.
count() {
  echo "$1 $2" >>"$COUNTS"
}

# counted STEP prints "PASSED FAILED" of a step.
counted() {
  awk '{ p += $1; f += $2 } END { print p + 0, f + 0 }' "$LOGS/$1.counts" 2>/dev/null || echo 0 0
}

# last_duration STEP prints what it took the last time it ran.
last_duration() {
  local seconds
  seconds=$(cat "$LOGS/$1.seconds" 2>/dev/null) || { echo "not run yet" && return; }
  printf '%4d s, %4d s of CPU, %s passed, %s failed' "$seconds" "$(processor_time "$1")" \
    $(counted "$1")
}

# processor_time STEP prints the seconds of CPU that a step and what it waited for took.
processor_time() {
  awk -F'[ms ]+' 'NR == 2 { print int($1 * 60 + $2 + $3 * 60 + $4) }' "$LOGS/$1.times" 2>/dev/null
}

# end_tree PID ends a process and all it started, the parent first, so that it reports nothing.
end_tree() {
  local child children
  children=$(ps -o pid= --ppid "$1") || true
  kill -KILL "$1" 2>/dev/null || true
  for child in $children; do end_tree "$child"; done
}

# seconds_left prints how long the next step may take: a step that hangs must not keep the others
# from being reported.
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

# wait_for_release waits until the step release of the other lane has ended.
wait_for_release() {
  until [ -e "$LOGS/release.done" ]; do sleep 1; done
}

# run_step NAME runs one step and reports how it went. Its counts and seconds stay in build/logs.
run_step() {
  local name=$1 log=$LOGS/$1.log started=$SECONDS status=0 step beat passed failed
  COUNTS=$LOGS/$name.counts
  printf '[%d steps] %s\n' "$TOTAL" "$name"
  : >"$log"
  rm -f "$COUNTS" "$LOGS/$name.seconds" "$LOGS/$name.times"
  (trap 'times >"$LOGS/$name.times"' EXIT; set -e; "step_$name") >"$log" 2>&1 &
  step=$!
  watch "$name" "$log" "$step" "$(seconds_left)" &
  beat=$!
  disown "$beat" # or the shell would report its end
  wait "$step" 2>/dev/null || status=$?
  end_tree "$beat"
  echo $((SECONDS - started)) >"$LOGS/$name.seconds"
  read -r passed failed < <(counted "$name")
  if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
    failed=1
    count 0 1
  fi
  if [ "$failed" -gt 0 ]; then
    tail -n 40 "$log" | sed 's/^/        /'
    echo "        whole log: build/logs/$name.log"
  fi
  printf '        %s: %d passed, %d failed, %d s, %d s of CPU\n' "$name" "$passed" "$failed" \
    $((SECONDS - started)) "$(processor_time "$name")"
}

# run_lane STEP... runs steps one after the other.
run_lane() {
  local step
  for step in "$@"; do
    if [ -n "${WAIT_FOR_RELEASE:-}" ]; then
      case " ${AFTER_RELEASE[*]} " in *" $step "*) wait_for_release ;; esac
    fi
    run_step "$step"
    if [ "$step" = release ]; then touch "$LOGS/release.done"; fi
  done
}

# report_steps STEP... prints the sum, and fails unless everything passed.
report_steps() {
  local step passed failed all_passed=0 all_failed=0
  for step in "$@"; do
    read -r passed failed < <(counted "$step")
    all_passed=$((all_passed + passed))
    all_failed=$((all_failed + failed))
  done
  echo "${LATCHKEY_FULL:+the full run }took $SECONDS s"
  if [ $((all_passed + all_failed)) -eq 0 ]; then
    echo "no test was counted, which is a failure"
    all_failed=1
  fi
  echo "$all_passed passed, $all_failed failed"
  [ "$all_failed" -eq 0 ]
}
