#pragma once

#include <cstddef>

#ifdef LATCHKEY_CONSTANT_TIME_TEST
#include <valgrind/memcheck.h>
#endif

namespace latchkey {

// declassify marks where something that came from a secret becomes public: the outcome of a check,
// the content of an authentic message. It does nothing but in tests/constant_time, where the use of
// an unmarked secret in a branch or an address is an error.
inline void declassify([[maybe_unused]] const void* data,
                       [[maybe_unused]] std::size_t size) noexcept {
#ifdef LATCHKEY_CONSTANT_TIME_TEST
  VALGRIND_MAKE_MEM_DEFINED(data, size);
#endif
}

template <class T>
T declassified(T value) noexcept {
  declassify(&value, sizeof value);
  return value;
}

}  // namespace latchkey
