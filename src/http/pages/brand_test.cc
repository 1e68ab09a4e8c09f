#include "http/pages/brand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

using ::testing::HasSubstr;

TEST(Brand, AColorIsSixDigits) {
  EXPECT_TRUE(is_color("#0b6e6e"));
  EXPECT_TRUE(is_color("#ABCDEF"));
  for (const char* text : {"", "0b6e6e", "#0b6e6", "#0b6e6e0", "#0b6e6g", "#fff; } body { x: y"}) {
    EXPECT_FALSE(is_color(text)) << text;
    EXPECT_EQ(brand_rules(text), "") << text;
  }
}

TEST(Brand, AColorThatCanBeReadStaysOnALightPage) {
  EXPECT_THAT(brand_rules("#0b4e6e"), HasSubstr(":root { --accent: #0b4e6e;"));
  EXPECT_THAT(brand_rules("#0b4e6e"), HasSubstr("--on-accent: #ffffff"));
}

TEST(Brand, AColorThatCannotBeReadIsMoved) {
  const std::string yellow = brand_rules("#ffff00");
  const std::size_t dark = yellow.find("@media");
  ASSERT_NE(dark, std::string::npos);
  EXPECT_EQ(yellow.substr(0, dark).find("#ffff00"), std::string::npos)
      << "too light for a light page";
  EXPECT_NE(yellow.substr(dark).find("--accent: #ffff00"), std::string::npos);
  const std::string navy = brand_rules("#000080");
  EXPECT_NE(navy.substr(0, navy.find("@media")).find("--accent: #000080"), std::string::npos);
  EXPECT_EQ(navy.substr(navy.find("@media")).find("--accent: #000080"), std::string::npos);
}

TEST(Brand, ALogoIsSvgOrPng) {
  EXPECT_EQ(logo_type("\x89PNG\r\n\x1a\n..."), "image/png");
  EXPECT_EQ(logo_type("<?xml version=\"1.0\"?>\n<svg></svg>"), "image/svg+xml; charset=utf-8");
  EXPECT_EQ(logo_type("GIF89a"), "");
  EXPECT_EQ(logo_type(""), "");
}

}  // namespace
}  // namespace latchkey::http
