# Installs headers, libraries and a package config, so that find_package(latchkey) works.
include(CMakePackageConfigHelpers)

install(DIRECTORY include/latchkey DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
# The layers above guard have no public headers; they are parts of the program.
set(installed_layers ${LATCHKEY_LAYERS})
list(REMOVE_ITEM installed_layers latchkey_http latchkey_server latchkey_cli)
install(TARGETS ${installed_layers} EXPORT latchkeyTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT latchkeyTargets NAMESPACE latchkey:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/latchkey)
configure_package_config_file(cmake/latchkeyConfig.cmake.in ${PROJECT_BINARY_DIR}/latchkeyConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/latchkey)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/latchkeyConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/latchkeyConfig.cmake ${PROJECT_BINARY_DIR}/latchkeyConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/latchkey)
if(TARGET latchkey)
  install(TARGETS latchkey RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
