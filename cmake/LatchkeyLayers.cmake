# One target per folder of src/. A layer names the layers it may use; tools/check_includes.py checks
# that its files include nothing else.

# Inside another project warnings are ours to see, not its builds' to fail on.
set(LATCHKEY_WARNINGS)
if(PROJECT_IS_TOP_LEVEL)
  set(LATCHKEY_WARNINGS -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
  if(LATCHKEY_WERROR)
    list(APPEND LATCHKEY_WARNINGS -Werror)
  endif()
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  list(APPEND LATCHKEY_WARNINGS -Wthread-safety)
elseif(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  list(APPEND LATCHKEY_WARNINGS -Wno-restrict)  # false alarms on std::string, GCC bug 105651
endif()
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # GCC takes a source that a unity build includes for a header, whose types others may see.
  list(APPEND LATCHKEY_WARNINGS -Wno-subobject-linkage)
endif()
if(LATCHKEY_SANITIZE)
  add_compile_options(-fsanitize=${LATCHKEY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${LATCHKEY_SANITIZE})
endif()

# Test code is compiled once and run once: optimising it under a sanitizer takes twice the time.
set(LATCHKEY_TEST_OPTIONS)
if(LATCHKEY_SANITIZE AND NOT LATCHKEY_BUILD_FUZZERS)
  set(LATCHKEY_TEST_OPTIONS -O0)
endif()

if(LATCHKEY_BUILD_FUZZERS)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Nobody replaces our functions at load time, so calls within a file may be inlined (clang's default).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_compile_options(-fno-semantic-interposition)
endif()

set(LATCHKEY_LAYERS "" CACHE INTERNAL "")

# latchkey_layer(NAME [USES layer...] [TEST_USES layer...] [LINKS library...] [FILES file...])
# TEST_USES names layers that only the tests of this one need, such as a store to run against.
# Without FILES every .cc of the folder and of its rooms belongs to the layer; x_test.cc files make
# NAME_tests.
function(latchkey_layer name)
  cmake_parse_arguments(ARG "" "" "USES;TEST_USES;LINKS;FILES" ${ARGN})
  if(NOT "FILES" IN_LIST ARGN)
    file(GLOB_RECURSE ARG_FILES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  endif()
  set(tests ${ARG_FILES})
  list(FILTER ARG_FILES EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")

  add_library(latchkey_${name} STATIC ${ARG_FILES})
  if(NOT BUILD_SHARED_LIBS)
    add_library(latchkey::${name} ALIAS latchkey_${name})
  endif()
  target_compile_features(latchkey_${name} PUBLIC cxx_std_20)
  target_include_directories(latchkey_${name}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_options(latchkey_${name} PRIVATE ${LATCHKEY_WARNINGS})
  set_target_properties(latchkey_${name} PROPERTIES EXPORT_NAME ${name} LATCHKEY_LINKS "${ARG_LINKS}")
  foreach(used ${ARG_USES})
    target_link_libraries(latchkey_${name} PUBLIC latchkey_${used})
  endforeach()
  target_link_libraries(latchkey_${name} PRIVATE ${ARG_LINKS})
  set(LATCHKEY_LAYERS ${LATCHKEY_LAYERS} latchkey_${name} CACHE INTERNAL "")

  if(LATCHKEY_BUILD_TESTS AND tests)
    find_package(GTest REQUIRED)
    add_executable(${name}_tests ${tests})
    target_include_directories(${name}_tests PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
    target_compile_options(${name}_tests PRIVATE ${LATCHKEY_WARNINGS} ${LATCHKEY_TEST_OPTIONS})
    target_link_libraries(${name}_tests PRIVATE latchkey_${name} latchkey_test_support GTest::gmock
      GTest::gtest_main ${ARG_LINKS})
    foreach(used ${ARG_TEST_USES})
      target_link_libraries(${name}_tests PRIVATE latchkey_${used})
    endforeach()
    set_target_properties(${name}_tests PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND ${name}_tests)
  endif()
endfunction()
