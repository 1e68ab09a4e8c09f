#include "codec/seal/inflate.h"

#include <gtest/gtest.h>

namespace latchkey::codec {
namespace {

// Streams made by zlib, raw, level 9; the first is stored.
constexpr std::string_view kStored{
    "\x01\x03\x00\xfc\xff"
    "abc",
    8};
constexpr std::string_view kFixed{"\x4b\x4c\x4a\x06\x00", 5};
constexpr std::string_view kRun{"\x4b\x4c\x1c\x05\xa3\x60\x14\x0c\x77\x00\x00", 11};

TEST(Inflate, ExpandsEachKindOfBlock) {
  EXPECT_EQ(inflate(kStored, 100), "abc");
  EXPECT_EQ(inflate(kFixed, 100), "abc");
  EXPECT_EQ(inflate(kRun, 1000), std::string(1000, 'a'));
}

TEST(Inflate, LeavesAloneWhatFollowsTheStream) {
  EXPECT_EQ(inflate(std::string{kFixed} + "x", 100), "abc");
  EXPECT_EQ(inflate(std::string{kStored} + std::string(9, '\0'), 100), "abc");
}

TEST(Inflate, StopsAtItsLimit) {
  EXPECT_FALSE(inflate(kRun, 999));
  EXPECT_FALSE(inflate(kFixed, 2));
  EXPECT_FALSE(inflate(kStored, 2));
}

TEST(Inflate, RefusesWhatIsCutOrDamaged) {
  for (const std::string_view stream : {kStored, kFixed, kRun}) {
    for (std::size_t size = 0; size < stream.size(); ++size) {
      EXPECT_FALSE(inflate(stream.substr(0, size), 10000));
    }
  }
  EXPECT_FALSE(inflate("\x07", 100));  // a fourth kind of block
  EXPECT_FALSE(inflate({"\x01\x03\x00\xfc\xfe"
                        "abc",
                        8},
                       100));                           // lengths that do not match
  EXPECT_FALSE(inflate({"\x4b\x04\x43\x00", 4}, 100));  // reaches back before the start
}

}  // namespace
}  // namespace latchkey::codec
