#pragma once

#include <span>
#include <string_view>

namespace latchkey {

// nearest returns the entry of `known` that somebody who wrote `word` probably meant: one typing
// mistake away, or a few in a long word. Empty when nothing is that near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace latchkey
