#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "http/pages/html.h"
#include "latchkey/result.h"

// Whose site the pages are.
namespace latchkey::http {

// Brand is what is told of the site on each page.
struct Brand {
  std::string name = "latchkey";
  std::string color{};      // as #RRGGBB; empty: ours
  std::string logo{};       // the file itself; empty: the key
  std::string_view type{};  // its media type
};

// is_color tells whether `text` is # and six hexadecimal digits.
bool is_color(std::string_view text) noexcept;

// logo_type is the media type of a logo; empty: it is neither SVG nor PNG.
std::string_view logo_type(std::string_view file) noexcept;

// set_brand says whose pages this process serves: once, before the first page is made.
void set_brand(Brand brand);
const Brand& brand() noexcept;

// brand_rules is what the color adds to the style sheet: made darker for a light page and lighter
// for a dark one, until it can be read there (WCAG 2, contrast of 4.5).
std::string brand_rules(std::string_view color);

}  // namespace latchkey::http
