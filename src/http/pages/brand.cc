#include "http/pages/brand.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace latchkey::http {
namespace {

using Rgb = std::array<double, 3>;  // 0 to 1

constexpr double kReadable = 4.5;
constexpr Rgb kBlack{0, 0, 0}, kWhite{1, 1, 1};
constexpr Rgb kLightGround{0.894, 0.902, 0.914};  // darker than any ground of a light page
constexpr Rgb kDarkGround{0.125, 0.150, 0.176};   // lighter than any ground of a dark one

Rgb read_color(std::string_view text) {
  Rgb color{};
  for (std::size_t i = 0; i < color.size(); ++i) {
    unsigned part = 0;
    const char* const digits = text.data() + 1 + 2 * i;
    std::from_chars(digits, digits + 2, part, 16);
    color[i] = part / 255.0;
  }
  return color;
}

std::string write_color(const Rgb& color) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "#";
  for (const double part : color) {
    const auto octet = static_cast<unsigned>(std::lround(std::clamp(part, 0.0, 1.0) * 255));
    text.append(1, kDigits[octet >> 4]).append(1, kDigits[octet & 15]);
  }
  return text;
}

Rgb mix(const Rgb& a, const Rgb& b, double share) {
  Rgb mixed{};
  for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] = a[i] + (b[i] - a[i]) * share;
  return mixed;
}

// luminance and contrast are those of WCAG 2.
double luminance(const Rgb& color) {
  const auto linear = [](double part) {
    return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2]);
}

double contrast(const Rgb& a, const Rgb& b) {
  const double one = luminance(a), other = luminance(b);
  return (std::max(one, other) + 0.05) / (std::min(one, other) + 0.05);
}

// readable_on moves `color` towards `end` until it can be read on `ground`.
Rgb readable_on(const Rgb& color, const Rgb& ground, const Rgb& end) {
  constexpr double kStep = 0.02;
  for (double share = 0; share < 1; share += kStep) {
    const Rgb moved = mix(color, end, share);
    if (contrast(moved, ground) >= kReadable) return moved;
  }
  return end;
}

std::string rules_of(const Rgb& accent, const Rgb& ground, const Rgb& end) {
  const Rgb on = contrast(accent, kWhite) >= contrast(accent, kBlack) ? kWhite : kBlack;
  std::string rules = ":root { --accent: " + write_color(accent);
  rules += "; --accent-strong: " + write_color(mix(accent, end, 0.25));
  rules += "; --on-accent: " + write_color(on);
  // Links stand on the tint, too, so it stays near the ground.
  rules += "; --tint: " + write_color(mix(ground, accent, 0.06));
  return rules + "; }\n";
}

Brand& the_brand() {
  static Brand brand;
  return brand;
}

}  // namespace

bool is_color(std::string_view text) noexcept {
  return text.size() == 7 && text.front() == '#' &&
         text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string_view::npos;
}

std::string_view logo_type(std::string_view file) noexcept {
  if (file.starts_with("\x89PNG\r\n\x1a\n")) return "image/png";
  const std::string_view head = file.substr(0, 1024);
  return head.find("<svg") == std::string_view::npos ? std::string_view{}
                                                     : "image/svg+xml; charset=utf-8";
}

void set_brand(Brand brand) { the_brand() = std::move(brand); }
const Brand& brand() noexcept { return the_brand(); }

std::string brand_rules(std::string_view color) {
  if (!is_color(color)) return {};
  const Rgb wanted = read_color(color);
  const std::string light =
      rules_of(readable_on(wanted, kLightGround, kBlack), {0.957, 0.961, 0.969}, kBlack);
  const std::string dark =
      rules_of(readable_on(wanted, kDarkGround, kWhite), {0.059, 0.075, 0.090}, kWhite);
  return light + "@media (prefers-color-scheme: dark) {\n" + dark + "}\n";
}

}  // namespace latchkey::http
