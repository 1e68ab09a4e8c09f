#pragma once

#include <optional>

namespace latchkey::testing {

// refusal is why something was refused, and nothing when it was not: the reason of what is good has
// no meaning, and may well be the one a test expects.
template <class Verdict>
auto refusal(const Verdict& verdict) -> std::optional<decltype(verdict.reason())> {
  if (verdict) return std::nullopt;
  return verdict.reason();
}

}  // namespace latchkey::testing
