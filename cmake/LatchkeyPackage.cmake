# Debian packages by CPack, for `./dev package`: `latchkey`, the program with its units, and
# `liblatchkey-dev`, the library. Included after LatchkeyInstall, whose files are the component
# `development`.
set(maintainer "The latchkey authors <maintainers@latchkey.invalid>")
set(packaging ${PROJECT_SOURCE_DIR}/packaging)
set(made ${PROJECT_BINARY_DIR}/packaging)

# The date of the release, not of the build: the same sources make the same package.
file(STRINGS CHANGELOG.md release_date REGEX "^## .*[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]" LIMIT_COUNT 1)
string(REGEX MATCH "[0-9-]+$" release_date "${release_date}")
if(NOT release_date)
  set(release_date 2026-11-30)
endif()
execute_process(COMMAND env LC_ALL=C date --utc -R -d ${release_date} OUTPUT_VARIABLE date
  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)

# compress(FROM TO) writes TO, which has no time and no name in it.
function(compress from to)
  execute_process(COMMAND gzip -9nc ${from} OUTPUT_FILE ${to} COMMAND_ERROR_IS_FATAL ANY)
endfunction()
foreach(package latchkey liblatchkey-dev)
  configure_file(${packaging}/debian/changelog.in ${made}/${package}.changelog @ONLY)
  compress(${made}/${package}.changelog ${made}/${package}.changelog.gz)
endforeach()
compress(${PROJECT_SOURCE_DIR}/CHANGELOG.md ${made}/changelog.gz)

# Man page and completions come from the program itself.
add_custom_command(OUTPUT ${made}/latchkey.1.gz ${made}/latchkey.bash ${made}/_latchkey ${made}/latchkey.fish
  COMMAND sh -c "'$<TARGET_FILE:latchkey>' man | gzip -9nc > ${made}/latchkey.1.gz"
  COMMAND $<TARGET_FILE:latchkey> completion bash > ${made}/latchkey.bash
  COMMAND $<TARGET_FILE:latchkey> completion zsh > ${made}/_latchkey
  COMMAND $<TARGET_FILE:latchkey> completion fish > ${made}/latchkey.fish
  DEPENDS latchkey VERBATIM)
add_custom_target(package_files ALL DEPENDS ${made}/latchkey.1.gz)

# place(COMPONENT FOLDER FILE... [RENAME NAME]) puts files below /usr.
function(place component folder)
  install(FILES ${ARGN} DESTINATION ${folder} COMPONENT ${component})
endfunction()
place(program ${CMAKE_INSTALL_MANDIR}/man1 ${made}/latchkey.1.gz)
place(program ${CMAKE_INSTALL_DATADIR}/bash-completion/completions ${made}/latchkey.bash RENAME latchkey)
place(program ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions ${made}/_latchkey)
place(program ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d ${made}/latchkey.fish)
place(program lib/systemd/system ${packaging}/latchkey.service ${packaging}/latchkey.socket)
place(program lib/sysusers.d ${packaging}/latchkey.sysusers RENAME latchkey.conf)
place(program lib/tmpfiles.d ${packaging}/latchkey.tmpfiles RENAME latchkey.conf)
place(program /etc/latchkey ${packaging}/latchkey.toml)
place(program ${CMAKE_INSTALL_DATADIR}/doc/latchkey ${PROJECT_SOURCE_DIR}/docs/operate.md
  ${PROJECT_SOURCE_DIR}/docs/configuration.md)
set(doc_of_program ${CMAKE_INSTALL_DATADIR}/doc/latchkey)
set(doc_of_development ${CMAKE_INSTALL_DATADIR}/doc/liblatchkey-dev)
place(program ${doc_of_program} ${made}/latchkey.changelog.gz RENAME changelog.Debian.gz)
place(development ${doc_of_development} ${made}/liblatchkey-dev.changelog.gz RENAME changelog.Debian.gz)
foreach(component program development)
  place(${component} ${doc_of_${component}} ${made}/changelog.gz)
  place(${component} ${doc_of_${component}} ${packaging}/debian/copyright)
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL program development)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_VENDOR latchkey)
set(CPACK_PACKAGE_CONTACT "${maintainer}")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR})
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
  GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME latchkey)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION httpd)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS
  "systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "nginx | caddy | haproxy")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_CONTROL_EXTRA ${packaging}/debian/postinst ${packaging}/debian/prerm
  ${packaging}/debian/postrm ${packaging}/debian/conffiles)
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "session server for the web
Log-ins, sessions and the check of every request for any application behind
nginx, Caddy, HAProxy, Traefik or Envoy: one process on SQLite, or several on
PostgreSQL or Redis.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME liblatchkey-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "libssl-dev, libsqlite3-dev, libpq-dev, libargon2-dev, libutf8proc-dev, pkg-config | pkgconf")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "libboost-dev, libcpp-httplib-dev, cmake")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "web sessions for C++ programs, static library and headers
Log-ins, sessions that can be ended, and the cookies of them, on SQLite,
PostgreSQL or Redis, with adapters for cpp-httplib and Boost.Beast.")
include(CPack)
