# With BUILD_SHARED_LIBS: one liblatchkey.so of all layers. Only what stands in public headers leaves
# it (exports.map).
if(NOT BUILD_SHARED_LIBS)
  return()
endif()
set(shared_layers ${LATCHKEY_LAYERS})
list(REMOVE_ITEM shared_layers latchkey_http latchkey_server latchkey_cli)
add_library(latchkey_shared SHARED)
foreach(layer ${shared_layers})
  target_sources(latchkey_shared PRIVATE $<TARGET_OBJECTS:${layer}>)
  get_target_property(links ${layer} LATCHKEY_LINKS)
  target_link_libraries(latchkey_shared PRIVATE ${links})
endforeach()
target_include_directories(latchkey_shared INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_features(latchkey_shared PUBLIC cxx_std_20)
target_link_options(latchkey_shared PRIVATE
  LINKER:--version-script=${PROJECT_SOURCE_DIR}/cmake/exports.map LINKER:--no-undefined)
set_target_properties(latchkey_shared PROPERTIES LINKER_LANGUAGE CXX OUTPUT_NAME latchkey EXPORT_NAME latchkey
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/exports.map)
foreach(layer ${shared_layers})
  string(REPLACE latchkey_ "" name ${layer})
  add_library(latchkey::${name} ALIAS latchkey_shared)
endforeach()
