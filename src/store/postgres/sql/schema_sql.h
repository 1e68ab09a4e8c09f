#pragma once

#include <array>

namespace latchkey::postgres {

inline constexpr int kSchemaVersion = 4;
// kOldestReader: programs that know this version may use the tables; what came later only adds.
inline constexpr int kOldestReader = 3;

// The scripts at index n bring version n to n+1: tables, then functions. @ as in sql.h. Scripts
// that were released are never edited.
extern const std::array<const char*, kSchemaVersion> kTableScripts;
extern const std::array<const char*, kSchemaVersion> kFunctionScripts;

}  // namespace latchkey::postgres
