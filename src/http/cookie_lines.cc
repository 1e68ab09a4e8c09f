#include "http/cookie_lines.h"

namespace latchkey::http {

CookieLines::CookieLines(const Request& request) noexcept {
  for (const Header& header : request.headers) {
    if (!same_field(header.name, "cookie")) continue;
    too_many_ = count_ == lines_.size();
    if (too_many_) return;
    lines_[count_++] = header.value;
  }
}

}  // namespace latchkey::http
