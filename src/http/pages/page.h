#pragma once

#include <optional>
#include <string_view>

#include "http/app.h"
#include "http/pages/html.h"
#include "http/visitor.h"

namespace latchkey::http {

// Section tells which entry of the navigation is the page itself.
enum class Section : std::uint8_t { none, home, training, sessions, log_in, sign_up };

// Frame is what surrounds the main part of a page.
struct Frame {
  std::string_view title;
  int status = 200;
  const Visitor* visitor = nullptr;  // nullptr: not known, so no navigation
  Section section = Section::none;
};

Response render_page(const Frame& frame, const Html& main);

// name_of returns the name to greet a signed-in visitor with.
std::string_view name_of(const Visitor& visitor) noexcept;

// append_ended_notice says why a visitor who was logged in is not any more.
void append_ended_notice(Html& html, const Visitor& visitor);

// see_other answers 303: `location` must come from us or from safe_redirect.
Response see_other(std::string location);

// to_log_in sends a visitor without a session to the log-in page, and back afterwards. The cookie
// stays for that page to say why.
Response to_log_in(std::string_view path);

}  // namespace latchkey::http
