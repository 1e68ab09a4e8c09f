#include "store/postgres/wire/params.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::postgres {
namespace {

using namespace std::string_view_literals;

// value returns the octets of one parameter as they are sent.
std::string value(const Params& params, std::size_t at) {
  const char* octets = params.values()[at];
  if (octets == nullptr) return "(null)";
  return {octets, static_cast<std::size_t>(params.lengths()[at])};
}

unsigned type(const Params& params, std::size_t at) { return params.types()[at]; }

TEST(PostgresParams, AreSentInBinaryFormMostSignificantOctetFirst) {
  const std::array<std::uint8_t, 2> bytes{0xab, 0};
  Params params;
  params.add("text"sv).add(std::int64_t{0x0102030405060708}).add(true).add(false).add(bytes);
  params.add(from_unix_millis(-1));
  ASSERT_EQ(params.count(), 6);
  EXPECT_EQ(value(params, 0), "text");
  EXPECT_EQ(value(params, 1), "\1\2\3\4\5\6\7\10");
  EXPECT_EQ(value(params, 2), "\1");
  EXPECT_EQ(value(params, 3), std::string(1, '\0'));
  EXPECT_EQ(value(params, 4), std::string("\xab\0", 2));
  EXPECT_EQ(value(params, 5), std::string(8, '\xff'));
  EXPECT_EQ(type(params, 0), 25U);
  EXPECT_EQ(type(params, 1), 20U);
  EXPECT_EQ(type(params, 2), 16U);
  EXPECT_EQ(type(params, 4), 17U);
  EXPECT_EQ(params.formats(), std::vector<int>(6, 1));
}

TEST(PostgresParams, NothingIsNull) {
  const std::array<std::uint8_t, 1> byte{7};
  Params params;
  params.add_null(Type::int8).add_or_null(""sv).add_or_null("x"sv);
  params.add_or_null(std::span<const std::uint8_t>{}).add_or_null(byte).add(""sv);
  EXPECT_EQ(value(params, 0), "(null)");
  EXPECT_EQ(type(params, 0), 20U);
  EXPECT_EQ(value(params, 1), "(null)");
  EXPECT_EQ(type(params, 1), 25U);
  EXPECT_EQ(value(params, 2), "x");
  EXPECT_EQ(value(params, 3), "(null)");
  EXPECT_EQ(type(params, 3), 17U);
  EXPECT_EQ(value(params, 4), "\7");
  EXPECT_EQ(value(params, 5), "") << "empty, and not null";
}

TEST(PostgresParams, WhatHasNoTypeIsTextWithAnEnd) {
  Params params;
  params.add_untyped("one"sv).add_untyped(std::optional<std::string>{"two"});
  params.add_untyped(std::optional<std::string>{}).add("three"sv);
  EXPECT_STREQ(params.values()[0], "one");
  EXPECT_STREQ(params.values()[1], "two");
  EXPECT_EQ(params.values()[2], nullptr);
  EXPECT_EQ(value(params, 3), "three");
  EXPECT_EQ(params.formats(), (std::vector<int>{0, 0, 0, 1}));
}

TEST(PostgresParams, AnArrayHasOneDimensionThatBeginsAtOne) {
  const std::vector<std::string> texts{"a", "bc"};
  const std::vector<std::int64_t> numbers{258};
  const std::vector<std::array<std::uint8_t, 1>> blobs{{0xff}};
  Params params;
  params.add_texts(texts, [](const std::string& text) -> std::string_view { return text; });
  params.add_numbers(numbers, [](std::int64_t number) { return number; });
  params.add_blobs(blobs, [](const auto& blob) { return std::span<const std::uint8_t>(blob); });
  const auto octets = [](std::initializer_list<int> all) {
    return std::string(all.begin(), all.end());
  };
  EXPECT_EQ(value(params, 0), octets({0, 0, 0, 1, 0, 0, 0, 0, 0,   0, 0, 25, 0, 0,   0,  2,
                                      0, 0, 0, 1, 0, 0, 0, 1, 'a', 0, 0, 0,  2, 'b', 'c'}));
  EXPECT_EQ(value(params, 1), octets({0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 1,
                                      0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0,  0, 0, 1, 2}));
  EXPECT_EQ(value(params, 2),
            octets({0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, -1}));
  EXPECT_EQ(type(params, 0), 1009U);
  EXPECT_EQ(type(params, 1), 1016U);
  EXPECT_EQ(type(params, 2), 1001U);
}

}  // namespace
}  // namespace latchkey::postgres
