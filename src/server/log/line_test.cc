#include "server/log/line.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/utf8.h"

namespace latchkey::server {
namespace {

constexpr UnixTime kLoggedAt = from_unix_millis(1'700'000'000'250);

std::string value_of(std::string_view value) {
  const std::string line = json_log_line(kLoggedAt, LogLevel::info, "e", {{"v", value}});
  const std::string start = R"("v":)";
  const std::size_t at = line.find(start) + start.size();
  return line.substr(at, line.size() - at - 1);
}

TEST(LogLine, IsOneJsonObjectWithTimeLevelEventAndFields) {
  EXPECT_EQ(json_log_line(kLoggedAt, LogLevel::warn, "login_failed", {{"address", "127.0.0.1"}}),
            R"({"time":"2023-11-14T22:13:20.250Z","level":"warn","event":"login_failed",)"
            R"("address":"127.0.0.1"})");
  EXPECT_EQ(text_log_line(kLoggedAt, LogLevel::error, "stopped", {{"a", "b c"}}),
            R"(2023-11-14T22:13:20.250Z error stopped a="b c")");
}

TEST(LogLine, R179StaysOneLineOfUtf8WhateverAValueHolds) {
  EXPECT_EQ(value_of("a\r\nb"), R"("a\u000d\u000ab")");
  EXPECT_EQ(value_of("\x1b[31m\x7f\b"), R"("\u001b[31m\u007f\u0008")");
  EXPECT_EQ(value_of(std::string_view("a\0b", 3)), R"("a\u0000b")");
  EXPECT_EQ(value_of("\"\\/"), R"("\"\\/")");
  EXPECT_EQ(value_of("\xc2\x85 \xc2\x9f"), R"("\u0085 \u009f")");
  EXPECT_EQ(value_of("\xe2\x80\xa8\xe2\x80\xa9"), R"("\u2028\u2029")");
  EXPECT_EQ(value_of("gr\xc3\xbc\xc3\x9f \xf0\x9f\x94\x91"),
            "\"gr\xc3\xbc\xc3\x9f \xf0\x9f\x94\x91\"");
  EXPECT_EQ(value_of("\xff\xc3(\xc0\x80\xed\xa0\x80"), R"("??(?????")");
  for (int byte = 0; byte < 256; ++byte) {
    const std::string value(3, static_cast<char>(byte));
    for (const std::string& line :
         {json_log_line(kLoggedAt, LogLevel::info, "e", {{"v", value}}),
          text_log_line(kLoggedAt, LogLevel::info, "e", {{"v", value}})}) {
      EXPECT_TRUE(is_utf8(line)) << byte;
      EXPECT_FALSE(has_control(line)) << byte;
    }
  }
}

TEST(LogLine, R179CutsLongValuesBetweenCodePoints) {
  EXPECT_EQ(value_of(std::string(512, 'a')), '"' + std::string(512, 'a') + '"');
  EXPECT_EQ(value_of(std::string(100'000, 'a')), '"' + std::string(512, 'a') + "...\"");
  std::string wide = "a";
  while (wide.size() < 1000) wide += "\xc3\xbc";
  EXPECT_TRUE(is_utf8(value_of(wide)));
  EXPECT_LT(value_of(wide).size(), 530U);
}

}  // namespace
}  // namespace latchkey::server
