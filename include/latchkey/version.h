#pragma once

// The version of the library these headers belong to, for `#if` and for logs. The library a
// program was built with and the one it runs with have the same one: its ABI changes with every
// minor version (docs/cpp/build.md).
//
//   static_assert(LATCHKEY_VERSION_NUMBER >= 100, "latchkey 0.1 or later");

#define LATCHKEY_VERSION_MAJOR 0
#define LATCHKEY_VERSION_MINOR 1
#define LATCHKEY_VERSION_PATCH 0
#define LATCHKEY_VERSION_STRING "0.1.0"
// 10000 for a major version, 100 for a minor one, 1 for a patch.
#define LATCHKEY_VERSION_NUMBER \
  (LATCHKEY_VERSION_MAJOR * 10000 + LATCHKEY_VERSION_MINOR * 100 + LATCHKEY_VERSION_PATCH)
