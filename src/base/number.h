#pragma once

#include <charconv>
#include <string_view>

// Numbers in text, whatever the locale says.
namespace latchkey {

// read_number reads a number that is the whole of `text`. False: it is none, does not fit in
// `number`, or more follows; `number` then holds anything.
template <class Number>
bool read_number(std::string_view text, Number& number) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace latchkey
