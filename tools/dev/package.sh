# Sourced by ./dev: the Debian packages.

run_package() {
  ensure_packages build package
  build_preset package latchkey package_files all
  rm -f build/package/*.deb
  mkdir -p build/logs
  (cd build/package && umask 022 && cpack --config CPackConfig.cmake >../logs/cpack.log 2>&1) ||
    { tail -n 20 build/logs/cpack.log >&2; die "cpack failed (build/logs/cpack.log)"; }
  ls build/package/*.deb
}

# lint_packages: errors fail; what is only a warning is printed.
lint_packages() {
  lintian --fail-on error --allow-root build/package/*.deb
}

# verify_units lets systemd read the units as they will be installed.
verify_units() {
  local root=build/package/units
  rm -rf "$root"
  mkdir -p "$root"
  sed "s|/usr/bin/latchkey|$ROOT/build/package/latchkey|" packaging/latchkey.service \
    >"$root/latchkey.service"
  cp packaging/latchkey.socket "$root"
  systemd-analyze verify --man=no "$root/latchkey.service" "$root/latchkey.socket"
}
