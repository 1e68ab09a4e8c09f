# Sourced by ./dev: the Next.js application in examples/, and its tests in a browser.

NEXT_APP=examples/next-training
NEXT_FIRST=15.0.8   # of the versions the package takes, which has no proxy that runs on Node
NEXT_OLDEST=15.5.29 # of the versions that run middleware on Node

# prepare_next installs what the application needs, and the package as it is now: packed and copied,
# because Turbopack does not follow a link out of the application's folder.
prepare_next() {
  run_pack
  local installed=$NEXT_APP/node_modules
  if [ ! -f "$installed/.package-lock.json" ] ||
    [ "$NEXT_APP/package-lock.json" -nt "$installed/.package-lock.json" ]; then
    echo "dev: installing the npm packages of $NEXT_APP"
    # Not `npm ci`: it insists on the compilers for every other platform.
    npm --prefix "$NEXT_APP" install --no-save --no-audit --no-fund >build/logs/packages.log 2>&1 ||
      { tail -n 15 build/logs/packages.log >&2; die "npm install failed in $NEXT_APP"; }
    touch "$installed/.package-lock.json"
  fi
  copy_package "$installed"
}

# copy_package NODE_MODULES puts the packed package there.
copy_package() {
  rm -rf "$1/latchkey"
  mkdir "$1/latchkey"
  tar xzf npm/latchkey-*.tgz -C "$1/latchkey" --strip-components=1
}

# prepare_seeds makes the application out of the texts' code in build/next/seeds.
prepare_seeds() {
  local folder=build/next/seeds
  rm -rf $folder
  mkdir -p $folder
  # Hard links: as quick as a link, which Turbopack would not follow.
  cp -al $NEXT_APP/node_modules $folder/node_modules
  copy_package $folder/node_modules
  node tests/seeds/make.mjs $folder
}

# make_fresh makes what a new user has: an application of a few pages, and `latchkey init`. It is
# built without any environment.
make_fresh() { prepare_fresh && fresh_builds; }

make_seeds() { prepare_seeds && next_build build/next/seeds; }

prepare_fresh() {
  local folder=build/next/fresh
  rm -rf $folder
  mkdir -p $folder
  cp -r tests/next/fresh/. $folder
  cp -al $NEXT_APP/node_modules $folder/node_modules
  copy_package $folder/node_modules
  (cd $folder && node node_modules/latchkey/dist/cli.js init >/dev/null)
  rm $folder/.env.local # where an application is built its secrets are not
  node tests/next/support/doc_files.mjs docs/migrate/authjs_next.md $folder
  sed -i "s|login: '/login'|login: process.env.LOGIN_PAGE ?? '/login'|" $folder/lib/session.ts
}

# prepare_docs makes an application of what docs/npm/next.md prints, with users of its own.
prepare_docs() {
  local folder=build/next/docs
  rm -rf $folder
  mkdir -p $folder
  cp -r tests/next/docs/. $folder
  cp -al $NEXT_APP/node_modules $folder/node_modules
  copy_package $folder/node_modules
  node tests/next/support/doc_files.mjs docs/npm/next.md $folder
  sed -i -e "1i import { findPerson } from './people';" -e "s|^  pages: {|  getUser: findPerson,\n\
  clientUser: ({ id, name }) => ({ id, name }),\n&|" $folder/lib/session.ts
  grep -q 'getUser: findPerson' $folder/lib/session.ts
}

# prepare_sveltekit makes what `npx sv create` and `latchkey init` leave, in build/sveltekit.
prepare_sveltekit() {
  local folder=build/sveltekit
  rm -rf $folder
  mkdir -p $folder
  cp -r tests/sveltekit/app/. $folder
  # Not `npm ci`: it insists on the compilers for every other platform.
  npm --prefix $folder install --no-save --no-audit --no-fund || return 1
  copy_package $folder/node_modules
  (cd $folder && node node_modules/latchkey/dist/cli.js init && node_modules/.bin/svelte-kit sync &&
    node_modules/.bin/svelte-check --tsconfig tsconfig.json && node_modules/.bin/vite build)
}

# A build needs no environment, opens no store and makes no folder.
fresh_builds() {
  (cd build/next/fresh && env -i "PATH=$PATH" "HOME=$HOME" NEXT_TELEMETRY_DISABLED=1 \
    timeout 300 node_modules/.bin/next build) || return 1
  local made
  made=$(find build/next/fresh -name node_modules -prune -o \( -name data -o -name '*.db' \) -print)
  [ -z "$made" ] || { echo "the build made $made"; return 1; }
}

# next_build FOLDER [FLAG...]
next_build() {
  (cd "$1" && NEXT_TELEMETRY_DISABLED=1 timeout 300 node_modules/.bin/next build "${@:2}")
}

# What a newcomer has, the texts' own code, and the flows of the application.
NEXT_USUAL='^(attack|flow|fresh|init|life|react|seeds|size)_'

step_next() {
  build_preset release latchkey # its login is Next.js's, too
  prepare_next
  local package
  package=$(hash_of npm/latchkey-*.tgz $NEXT_APP tools/dev/next.sh)
  check "the application builds" \
    once $NEXT_APP/.next/made "$package" next_build $NEXT_APP
  check "what latchkey init leaves builds without any environment, and makes nothing" \
    once build/next/fresh/.next/made \
    "$(hash_of npm/latchkey-*.tgz $NEXT_APP tools/dev/next.sh tests/next docs/migrate)" make_fresh
  check "the texts' code compiles" \
    once build/next/seeds/.next/made "$package$(hash_of tests/seeds)" make_seeds
  node tests/browser/run.mjs --folder tests/next --only "$NEXT_USUAL" --counts "$COUNTS"
}

# The guide, the other carriers and stores, other versions, and SvelteKit. It takes the applications
# that the step next has built.
step_next_more() {
  local status=0
  check "the code of the guide is put together" prepare_docs
  check "the guide builds, in a strict project with Cache Components" next_build build/next/docs
  node tests/browser/run.mjs --folder tests/next --only "^(?!${NEXT_USUAL#^})" --counts "$COUNTS" ||
    status=1
  next_variants || status=1
  check "latchkey init prepares an application of SvelteKit, which builds" prepare_sveltekit
  node tests/browser/run.mjs --folder tests/sveltekit --counts "$COUNTS" || status=1
  return $status
}

# copy_next NAME copies the application to build/next/NAME.
copy_next() {
  local folder=build/next/$1
  rm -rf "$folder"
  mkdir -p "$folder"
  cp -al $NEXT_APP/node_modules "$folder/node_modules"
  (cd $NEXT_APP && cp -r app components lib ./*.ts ./*.json .npmrc "$ROOT/$folder")
}

# next_walk NAME MODE [PATTERN] runs the flows in a copy: start, standalone or dev.
next_walk() {
  LATCHKEY_NEXT_APP=$ROOT/build/next/$1/ LATCHKEY_NEXT_MODE=$2 node tests/browser/run.mjs \
    --folder tests/next --only "${3:-^(flow|life)}" --counts "$COUNTS"
}

# The flows hold in every way an application is run, without the proxy, and on the oldest Next.js.
next_variants() {
  local status=0
  copy_next webpack
  check "it builds with webpack" next_build build/next/webpack --webpack
  next_walk webpack start || status=1
  copy_next standalone
  NEXT_OUTPUT=standalone check "it builds standalone" next_build build/next/standalone
  # What runs is what was traced: no folder above it holds packages.
  rm -rf build/next/alone
  mv build/next/standalone/.next/standalone build/next/alone
  cp -r build/next/standalone/.next/static build/next/alone/.next/static
  next_walk alone standalone '^(flow|life|postgres)' || status=1
  copy_next development
  # One server for a folder, and lives of seconds are shorter than a compilation.
  next_walk development dev '^flow' || status=1
  copy_next without-proxy
  rm build/next/without-proxy/proxy.ts
  check "it builds without a proxy" next_build build/next/without-proxy
  next_walk without-proxy start || status=1
  check "Next.js $NEXT_OLDEST is installed" next_oldest
  check "it builds on Next.js $NEXT_OLDEST" next_build build/next/oldest
  next_walk oldest start || status=1
  check "Next.js $NEXT_FIRST is installed" copy_next_on "$NEXT_FIRST" first
  rm build/next/first/proxy.ts
  check "it builds on Next.js $NEXT_FIRST" next_build build/next/first
  next_walk first start || status=1
  return $status
}

# copy_next_on VERSION NAME copies the application to build/next/NAME, with another Next.js.
copy_next_on() {
  copy_next "$2"
  local folder=build/next/$2
  rm -rf "$folder/node_modules" "$folder/package-lock.json"
  sed -i "s/\"next\": \"[^\"]*\"/\"next\": \"$1\"/; /\"latchkey\"/d" "$folder/package.json"
  npm --prefix "$folder" install --no-save --no-audit --no-fund --legacy-peer-deps >/dev/null
  copy_package "$folder/node_modules"
}

# In Next.js 15 the proxy is middleware, which runs on Node when it says so.
next_oldest() {
  copy_next_on "$NEXT_OLDEST" oldest
  local folder=build/next/oldest
  sed -e 's/export function proxy/export function middleware/' \
    -e "s/^export const config = {/&\n  runtime: 'nodejs',/" $folder/proxy.ts >$folder/middleware.ts
  rm $folder/proxy.ts
}

# run_example next starts the application for development.
run_example() {
  case ${1:-} in
    next) ;;
    cluster) run_cluster "${@:2}" ;;
    *) die "./dev example next, or ./dev example cluster" ;;
  esac
  mkdir -p build/logs
  ensure_packages build
  ensure_node
  prepare_next
  local settings=$NEXT_APP/.env.local
  if [ ! -f "$settings" ]; then
    (umask 077 && echo "SESSION_SECRET=$(node -p \
      'require("node:crypto").randomBytes(32).toString("base64")')" >"$settings")
  fi
  cd $NEXT_APP
  exec node_modules/.bin/next dev "${@:2}"
}
