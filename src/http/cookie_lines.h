#pragma once

#include <array>
#include <span>
#include <string_view>

#include "http/message.h"

namespace latchkey::http {

// CookieLines are the Cookie fields of a request. Browsers send one; more lines than fit here are
// nobody's browser.
class CookieLines {
 public:
  explicit CookieLines(const Request& request) noexcept;
  bool too_many() const noexcept { return too_many_; }
  std::span<const std::string_view> get() const noexcept { return {lines_.data(), count_}; }

 private:
  std::array<std::string_view, 16> lines_;
  std::size_t count_ = 0;
  bool too_many_ = false;
};

}  // namespace latchkey::http
