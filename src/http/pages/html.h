#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace latchkey::http {

// Html builds markup. What we wrote goes in with raw(), everything from outside with text(), which
// is safe between tags and in quoted attributes alike. Broken UTF-8 and control characters are left
// out.
class Html {
 public:
  template <std::size_t N>
  Html& raw(const char (&literal)[N]) {  // a literal only: variables cannot get in here
    out_.append(literal, N - 1);
    return *this;
  }
  Html& text(std::string_view foreign);
  // part appends markup that was built with Html.
  Html& part(const Html& other) {
    out_.append(other.out_);
    return *this;
  }
  std::string take() && { return std::move(out_); }
  const std::string& str() const noexcept { return out_; }

 private:
  std::string out_;
};

}  // namespace latchkey::http
