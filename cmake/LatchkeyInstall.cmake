# Installs headers, libraries, the files of find_package(latchkey) and those of pkg-config. The tree
# can be moved as a whole.
include(CMakePackageConfigHelpers)

install(DIRECTORY include/latchkey DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
# The layers above auth have no public headers; they are parts of the program.
set(installed ${LATCHKEY_LAYERS})
list(REMOVE_ITEM installed latchkey_http latchkey_server latchkey_cli)
set(LATCHKEY_LAYER_NAMES ${installed})
list(TRANSFORM LATCHKEY_LAYER_NAMES REPLACE "^latchkey_" "")
if(BUILD_SHARED_LIBS)
  set(installed latchkey_shared)
endif()
install(TARGETS ${installed} EXPORT latchkeyTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/latchkey)
install(EXPORT latchkeyTargets NAMESPACE latchkey:: DESTINATION ${package} COMPONENT development)
configure_package_config_file(cmake/latchkeyConfig.cmake.in ${PROJECT_BINARY_DIR}/latchkeyConfig.cmake
  INSTALL_DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/latchkeyConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/latchkeyConfig.cmake ${PROJECT_BINARY_DIR}/latchkeyConfigVersion.cmake
  DESTINATION ${package} COMPONENT development)

# pkg-config: latchkey.pc has every engine that was built, latchkey-sqlite.pc and so on one of them.
function(latchkey_pc name description)
  set(libraries)
  set(needs libcrypto libargon2 libcrypt libutf8proc)
  set(of_sqlite sqlite3)
  set(of_redis libssl)
  set(of_postgres libpq)
  foreach(engine ${ARGN})
    list(APPEND needs ${of_${engine}})
  endforeach()
  if(BUILD_SHARED_LIBS)
    set(PC_LIBS "-llatchkey")
    set(PC_REQUIRES "")
  else()
    # A linker reads archives in this order: who uses something stands before what is used.
    set(layers ${LATCHKEY_LAYER_NAMES})
    list(REMOVE_ITEM layers ${LATCHKEY_ENGINES})
    list(REVERSE layers)
    list(FIND layers open_store after)
    math(EXPR after "${after} + 1")
    list(INSERT layers ${after} memory ${ARGN})
    list(TRANSFORM layers PREPEND "-llatchkey_")
    set(asked memory ${ARGN})
    list(TRANSFORM asked PREPEND "-Wl,-u,latchkey_engine_")
    list(JOIN asked " " asked)
    list(JOIN layers " " PC_LIBS)
    set(PC_LIBS "${asked} ${PC_LIBS} -pthread")
    list(JOIN needs ", " PC_REQUIRES)
  endif()
  file(RELATIVE_PATH PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  set(PC_NAME ${name})
  set(PC_DESCRIPTION ${description})
  configure_file(cmake/latchkey.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
    COMPONENT development)
endfunction()
latchkey_pc(latchkey "Web sessions, with every engine of this build" ${LATCHKEY_STORES})
foreach(store ${LATCHKEY_STORES})
  latchkey_pc(latchkey-${store} "Web sessions on ${store}" ${store})
endforeach()

# The script that browser_script() returns, for sites that serve files themselves.
install(FILES src/auth/browser_client/latchkey.js DESTINATION ${CMAKE_INSTALL_DATADIR}/latchkey
  COMPONENT development)

if(TARGET latchkey)
  install(TARGETS latchkey RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
endif()
