# Sourced by ./dev: the npm package. What is made stands in npm/dist and npm/prebuilds.

# npm_platform prints the folder of this machine's binary, as npm/src/loader.cjs names it.
npm_platform() {
  node -p 'process.platform + "-" + process.arch'
}

# build_npm makes the addon and compiles the package.
build_npm() {
  ensure_npm npm
  build_preset npm latchkey_addon
  local platform
  platform=$(npm_platform)
  mkdir -p "npm/prebuilds/$platform"
  # Replaced, not overwritten: a process may have the old one loaded.
  cp build/npm/latchkey.node "npm/prebuilds/$platform/.new"
  mv "npm/prebuilds/$platform/.new" "npm/prebuilds/$platform/latchkey.node"
  [ -d npm/dist ] || rm -f build/npm/compiled
  once build/npm/compiled \
    "$(hash_of npm/src npm/tools npm/package.json npm/package-lock.json npm/tsconfig.json)" \
    compile_npm
}

compile_npm() {
  rm -rf npm/dist
  npm/node_modules/.bin/tsc -p npm && node npm/tools/wrap.mjs
}

# run_pack leaves npm/latchkey-VERSION.tgz, for this machine's platform.
run_pack() {
  ensure_packages build
  mkdir -p build/logs
  ensure_node
  build_npm
  cp LICENSE npm/LICENSE
  # The guides go along, with the pages that they refer to.
  rm -rf npm/docs
  mkdir npm/docs
  local pages=({carriers,device_binding,front_door,glossary,guessing,import}.md
    {operate,policy,scaling}.md)
  (cd docs && cp -r --parents npm migrate formats "${pages[@]}" "$ROOT/npm/docs")
  (cd npm && rm -f latchkey-*.tgz && npm pack --silent) >/dev/null
  ls npm/latchkey-*.tgz
}

step_npm() {
  run_pack
  check "the addon is hardened" python3 tools/check_hardening.py build/npm
  build_preset release latchkey
  build_preset npm latchkey_session_tool
  ensure_npm npm/test/peers
  local status=0
  test_npm node npm/test/*.test.mjs || status=$?
  node tests/browser/run.mjs --folder tests/servers --counts "$COUNTS" || status=$?
  return "$status"
}

# test_npm NODE FILE... runs tests of the package and counts them.
test_npm() {
  local tap=$LOGS/npm.tap status=0
  timeout --kill-after=10 900 "$1" --test --test-timeout=120000 --test-reporter=spec \
    --test-reporter-destination=stdout --test-reporter=tap --test-reporter-destination="$tap" \
    "${@:2}" || status=$?
  count "$(awk '/^# pass / { print $3 }' "$tap")" \
    "$(awk '/^# (fail|cancelled) / { n += $3 } END { print n + 0 }' "$tap")"
  return "$status"
}

# step_addon_asan runs what ends, floods and confuses the addon under AddressSanitizer. Node itself
# is not built for it, so its runtime is loaded before Node.
step_addon_asan() {
  ensure_node
  ensure_npm npm
  [ -d npm/dist ] || build_npm
  build_preset npm-asan latchkey_addon
  local package=$ROOT/build/npm-asan/package platform name files=()
  platform=$(npm_platform)
  rm -rf "$package"
  mkdir -p "$package/prebuilds/$platform"
  cp build/npm-asan/latchkey.node "$package/prebuilds/$platform"
  cp -r npm/dist npm/test npm/package.json "$package"
  ln -s "$ROOT/npm/node_modules" "$package/node_modules"
  for name in worker_ends workers handles arguments flood remote lucia_remote sessions; do
    files+=("$package/test/$name.test.mjs")
  done
  LD_PRELOAD=$(gcc -print-file-name=libasan.so) \
    ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:handle_abort=1 test_npm node "${files[@]}"
}

# One binary serves every line of Node: what loads it runs on one that this machine does not have,
# too.
test_npm_elsewhere() {
  local version major program name files=()
  major=$(node -p 'process.versions.node.split(".")[0]')
  for version in "${NODE_OTHERS[@]}"; do
    [ "${version%%.*}" != "$major" ] || continue
    program=$(install_node "$version") || return 1
    echo "and on Node $version"
    for name in binary package workers worker_ends handles sessions remote iron_session \
      iron_session_peers jose_peers; do
      files+=("npm/test/$name.test.mjs")
    done
    test_npm "$program" "${files[@]}"
    return
  done
}
