#include "codec/seal/iron_session.h"

#include <gtest/gtest.h>

namespace latchkey::codec {
namespace {

TEST(IronSession, EverythingBehindTheFirstTildeIsTheVersion) {
  const std::pair<std::string_view, int> cases[] = {
      {"S~2", 2},  {"S", 0},        {"S~", 0},    {"S~1", 1}, {"S~02", 2}, {"S~2abc", 2},
      {"S~ 2", 2}, {"S~2~junk", 2}, {"S~-2", -2}, {"S~x", 0}, {"S~+2", 2}};
  for (const auto& [value, version] : cases) {
    EXPECT_EQ(split_iron_cookie(value).seal, "S") << value;
    EXPECT_EQ(split_iron_cookie(value).version, version) << value;
  }
  EXPECT_EQ(split_iron_cookie("~2").seal, "");
}

TEST(IronSession, NullReadsAsAnEmptySession) {
  EXPECT_EQ(iron_session_value(" null "), "{}");
  EXPECT_EQ(iron_session_value(R"({"a":1})"), R"({"a":1})");
  EXPECT_EQ(iron_session_value("[]"), "[]");
}

TEST(IronSession, OldCookiesKeepTheirDataInPersistent) {
  EXPECT_EQ(unwrap_persistent(R"({"persistent":{"a":1},"flash":{}})"), R"({"a":1})");
  EXPECT_EQ(unwrap_persistent(R"({"a":1})"), "{}");
  EXPECT_EQ(unwrap_persistent(R"({"persistent":7})"), "{}");
  EXPECT_EQ(unwrap_persistent("7"), "{}");
}

TEST(IronSession, TheGreatestNumberSeals) {
  EXPECT_EQ(iron_session_primary({"9", "10", "1"}), 1U);
  EXPECT_EQ(iron_session_primary({"1"}), 0U);
  EXPECT_EQ(iron_session_primary({}), std::nullopt);
  EXPECT_EQ(iron_session_primary({"1", "main"}), std::nullopt);
  EXPECT_EQ(iron_session_primary({"1", "2x"}), std::nullopt);
  EXPECT_EQ(iron_session_primary({""}), std::nullopt);
}

TEST(IronSession, ThreeWordsTellWhatWasWrong) {
  EXPECT_EQ(iron_session_reason(SealReason::expired), "expired");
  EXPECT_EQ(iron_session_reason(SealReason::unknown_password), "unknown-password");
  EXPECT_EQ(iron_session_reason(SealReason::bad_mac), "invalid");
}

}  // namespace
}  // namespace latchkey::codec
