# The ways a C++ project takes the library in. Sourced by tools/dev/test.sh; each way builds
# tests/consume/main.cc and runs it.

readonly STRICT=(-std=c++20 -Wall -Wextra -Wconversion -Werror)

# build_consumer NAME SOURCE CMAKE-OPTION... leaves build/consume/NAME/consumer.
build_consumer() {
  local folder=build/consume/$1 source=$2 launcher=()
  shift 2
  if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  cmake -S "$source" -B "$folder" -G Ninja "${launcher[@]}" --log-level=WARNING "$@" &&
    cmake --build "$folder"
}

links() { ldd "$1" | grep -q "$2"; }

# A program that asks for SQLite needs no library of another engine.
way_find_package() {
  build_consumer package tests/consume/package -DCMAKE_PREFIX_PATH="$1" -DWANTED=sqlite &&
    build/consume/package/consumer &&
    ! links build/consume/package/consumer 'libpq\|libssl' &&
    ! build/consume/package/consumer redis://127.0.0.1 2>build/consume/refused &&
    grep -q 'built without the engine for redis' build/consume/refused
}

way_unknown_component() {
  ! cmake -S tests/consume/package -B build/consume/unknown -DCMAKE_PREFIX_PATH="$1" \
    -DWANTED=mongo >build/consume/unknown.log 2>&1 &&
    tr -s ' \n' ' ' <build/consume/unknown.log | grep -q 'this build has no component mongo'
}

# pkg_config COMPILER PREFIX PACKAGE OPTION... compiles with warnings as errors.
pkg_config() {
  local compiler=$1 prefix=$2 package=$3 flags
  shift 3
  flags=$(PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name "$package.pc")") \
    pkg-config --cflags --libs "$package") || return 1
  # shellcheck disable=SC2086 # flags are words
  "$compiler" "${STRICT[@]}" "$@" tests/consume/main.cc $flags -o build/consume/by_pkg_config
}

way_pkg_config() {
  pkg_config g++ "$1" latchkey-sqlite -fno-exceptions -fno-rtti &&
    build/consume/by_pkg_config build/consume/by_pkg_config.db &&
    ! links build/consume/by_pkg_config 'libpq\|libssl'
}

# The installed tree may be moved as a whole.
way_moved() {
  rm -rf build/consume/moved && cp -r "$1" build/consume/moved &&
    build_consumer moved_package tests/consume/package -DWANTED="sqlite;redis;postgres" \
      -DCMAKE_PREFIX_PATH="$PWD/build/consume/moved" &&
    build/consume/moved_package/consumer &&
    ! grep -rqF "$1" build/consume/moved/lib/cmake build/consume/moved/lib/pkgconfig
}

# Inside another project: a library and nothing else, with one engine.
way_add_subdirectory() {
  build_consumer subdirectory tests/consume/fetch -DLATCHKEY_SOURCE="$PWD" &&
    build/consume/subdirectory/consumer build/consume/subdirectory.db &&
    ! links build/consume/subdirectory/consumer 'libpq\|libssl' &&
    ! ninja -C build/consume/subdirectory -t targets all | grep -q '_tests:\|fuzz_\|serve'
}

way_fetch_content() {
  build_consumer subdirectory tests/consume/fetch -DLATCHKEY_SOURCE="$PWD" -DFETCH=ON &&
    build/consume/subdirectory/consumer
}

# shared_library leaves an installed tree with liblatchkey.so in build/consume/shared.
shared_library() {
  build_consumer shared_build . -DBUILD_SHARED_LIBS=ON -DLATCHKEY_BUILD_TESTS=OFF \
    -DLATCHKEY_BUILD_PROGRAM=OFF -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=12 &&
    cmake --install build/consume/shared_build --prefix build/consume/shared >/dev/null
}

# Only what public headers declare leaves the library, and the linker finds its version by SONAME.
way_shared() {
  local library
  shared_library || return 1
  library=$(find build/consume/shared -name liblatchkey.so)
  build_consumer shared_package tests/consume/package -DWANTED="sqlite;redis" \
    -DCMAKE_PREFIX_PATH="$PWD/build/consume/shared" &&
    build/consume/shared_package/consumer && links build/consume/shared_package/consumer latchkey &&
    readelf -d "$library" | grep -q 'SONAME.*liblatchkey\.so\.[0-9]*\.[0-9]*\]' &&
    python3 tools/check_exports.py "$library"
}

way_clang_19() { pkg_config clang++-19 "$1" latchkey && build/consume/by_pkg_config; }
