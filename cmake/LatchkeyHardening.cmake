# What compiler and linker can do against an overflow becoming more than a crash. In optimised
# builds only: FORTIFY needs optimisation, and sanitizers see more. tools/check_hardening.py looks at
# what was built.
option(LATCHKEY_HARDEN "Harden optimised builds: stack protector, FORTIFY, RELRO, control flow" ON)

if(LATCHKEY_HARDEN AND NOT LATCHKEY_SANITIZE AND NOT LATCHKEY_BUILD_FUZZERS)
  set(hardened_compile -fstack-protector-strong -fstack-clash-protection -U_FORTIFY_SOURCE
    -D_FORTIFY_SOURCE=3)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|i.86)$")
    list(APPEND hardened_compile -fcf-protection=full)
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
    list(APPEND hardened_compile -mbranch-protection=standard)
  endif()
  set(hardened_link LINKER:-z,relro,-z,now,-z,noexecstack,-z,separate-code)
  add_compile_options("$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:${hardened_compile}>")
  add_link_options("$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:${hardened_link}>")
endif()

# Without this CMake compiles for an executable at a random address and links one at a fixed one.
include(CheckPIESupported)
check_pie_supported()
