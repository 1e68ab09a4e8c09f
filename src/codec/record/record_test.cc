#include "codec/record/record.h"

#include <gtest/gtest.h>

#include <limits>

namespace latchkey::codec {
namespace {

constexpr UnixTime kStart = from_unix_millis(1'800'000'000'000);

SessionRecord plain() {
  SessionRecord record;
  record.secret_hash.bytes.fill(0xa5);
  record.user_id = UserId::parse("0123456789abcdef").value();
  record.created_at = record.authenticated_at = record.last_seen_at = kStart;
  record.idle_expires_at = kStart + std::chrono::days{14};
  record.absolute_expires_at = kStart + std::chrono::days{30};
  record.idle = std::chrono::days{14};
  record.level = 1;
  return record;
}

SessionRecord full() {
  SessionRecord record = plain();
  record.authenticated_at = UnixTime{};
  record.level = 255;
  record.persistent = false;
  record.version = std::numeric_limits<std::int64_t>::max();
  record.user_agent = std::string("a\0b", 3);
  record.address = "2001:db8::1";
  record.attributes = std::string(kMaxAttributesBytes, 'x');
  record.previous = PreviousSecret{.sealed_secret = "\xff\x01", .until = kStart - Millis{1}};
  record.previous->hash.bytes[31] = 1;
  record.binding = std::string(kMaxBindingBytes, '\xfe');
  return record;
}

SessionRecord guest() {
  SessionRecord record;
  record.absolute_expires_at = record.idle_expires_at = kNever;
  return record;
}

SessionRecord extreme() {
  SessionRecord record;
  const UnixTime first{Millis{std::numeric_limits<std::int64_t>::min()}};
  const UnixTime last{Millis{std::numeric_limits<std::int64_t>::max()}};
  record.created_at = record.last_seen_at = first;
  record.absolute_expires_at = record.idle_expires_at = record.authenticated_at = last;
  record.idle = Millis{-1};
  record.version = std::numeric_limits<std::int64_t>::min();
  return record;
}

std::vector<std::uint8_t> pack(const SessionRecord& record) {
  std::vector<std::uint8_t> packed;
  pack_record(record, packed);
  return packed;
}

TEST(PackedRecord, ComesBackAsItWas) {
  for (const SessionRecord& record : {plain(), full(), guest(), extreme()}) {
    const std::vector<std::uint8_t> packed = pack(record);
    Packed in{packed};
    SessionRecord out = full();
    ASSERT_TRUE(unpack_record(in, out));
    EXPECT_EQ(out, record);
    EXPECT_TRUE(in.empty());
  }
}

// DESIGN 7: 200 octets a session in the near cache, with everything around this.
TEST(PackedRecord, IsSmallWithoutAttributes) { EXPECT_LE(pack(plain()).size(), 89U); }

TEST(PackedRecord, LeavesWhatFollowsIt) {
  std::vector<std::uint8_t> packed = pack(plain());
  const User user{.username = "ada", .attributes = "{}", .disabled = true, .created_at = kStart};
  pack_user(user, packed);
  Packed in{packed};
  SessionRecord record;
  User out;
  ASSERT_TRUE(unpack_record(in, record));
  ASSERT_TRUE(unpack_user(in, out));
  EXPECT_EQ(out, user);
  EXPECT_TRUE(in.empty());
}

TEST(PackedRecord, CutAnywhereIsRefused) {
  for (const SessionRecord& record : {plain(), full()}) {
    const std::vector<std::uint8_t> packed = pack(record);
    for (std::size_t size = 0; size < packed.size(); ++size) {
      const std::vector<std::uint8_t> cut(packed.begin(),
                                          packed.begin() + static_cast<std::ptrdiff_t>(size));
      Packed in{cut};
      SessionRecord out;
      EXPECT_FALSE(unpack_record(in, out)) << size << " octets";
    }
  }
}

TEST(PackedRecord, HasOneFormOnly) {
  const std::vector<std::uint8_t> packed = pack(plain());
  for (std::size_t i = 0; i < packed.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::vector<std::uint8_t> other = packed;
      other[i] = static_cast<std::uint8_t>(other[i] ^ (1U << bit));
      Packed in{other};
      SessionRecord out;
      if (!unpack_record(in, out)) continue;
      other.resize(other.size() - in.size());
      EXPECT_EQ(pack(out), other) << "octet " << i << " bit " << bit;
    }
  }
}

TEST(PackedUser, ANumberHasOneFormOnly) {
  const auto reads = [](std::vector<std::uint8_t> packed) {
    Packed in{packed};
    User user;
    return unpack_user(in, user) && in.empty();
  };
  EXPECT_TRUE(reads({1, 0, 0, 0, 0}));
  EXPECT_FALSE(reads({1, 0, 0x80, 0, 0, 0})) << "an octet that says nothing";
  EXPECT_TRUE(reads({1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0, 0}));
  EXPECT_FALSE(reads({1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0}))
      << "over 64 bits";
}

TEST(PackedRecord, RefusesUnknownFormatsAndFlags) {
  const std::vector<std::uint8_t> packed = pack(plain());
  for (const auto& [at, value] : {std::pair{0, 2}, {0, 0}, {1, 4}, {1, 0x81}}) {
    std::vector<std::uint8_t> other = packed;
    other[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(value);
    Packed in{other};
    SessionRecord out;
    EXPECT_FALSE(unpack_record(in, out)) << at << " " << value;
  }
}

TEST(PackedRecord, RefusesAUserIdThatIsNone) {
  std::vector<std::uint8_t> packed = pack(plain());
  const std::string_view id = "0123456789abcdef";
  auto at = std::search(packed.begin(), packed.end(), id.begin(), id.end());
  ASSERT_NE(at, packed.end());
  for (const int bad : {0x00, 0x0a, 0x7f, 0xff, 0xc0}) {
    *at = static_cast<std::uint8_t>(bad);
    Packed in{packed};
    SessionRecord out;
    EXPECT_FALSE(unpack_record(in, out)) << bad;
  }
}

TEST(PackedRecord, ALengthBeyondTheInputIsRefusedBeforeAnythingIsAllocated) {
  std::vector<std::uint8_t> packed = pack(plain());
  packed.resize(packed.size() - 1);  // the length of the attributes
  for (int i = 0; i < 8; ++i) packed.push_back(0xff);
  packed.push_back(0x7f);
  Packed in{packed};
  SessionRecord out;
  EXPECT_FALSE(unpack_record(in, out));
}

// Numbers of one to ten octets, with enough behind them to be read at once and without.
TEST(PackedUser, ATimeOfAnyLengthComesBackAndNoLongerFormOfIt) {
  for (const char* name : {"", "a name that is longer than eight octets"}) {
    for (int bit = 0; bit < 63; ++bit) {
      User user{.username = name, .created_at = from_unix_millis(std::int64_t{1} << bit)};
      std::vector<std::uint8_t> packed;
      pack_user(user, packed);
      Packed in{packed};
      User out;
      ASSERT_TRUE(unpack_user(in, out)) << bit;
      EXPECT_EQ(out, user) << bit;
      EXPECT_TRUE(in.empty());
      const auto last = std::find_if(packed.begin() + 2, packed.end(),
                                     [](std::uint8_t octet) { return octet < 0x80; });
      *last |= 0x80;
      packed.insert(last + 1, 0);
      Packed longer{packed};
      EXPECT_FALSE(unpack_user(longer, out)) << bit;
    }
  }
}

TEST(PackedRecord, NumbersOverSixtyFourBitsAreRefused) {
  SessionRecord record = extreme();
  std::vector<std::uint8_t> packed = pack(record);
  const std::vector<std::uint8_t> most = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1};
  auto at = std::search(packed.begin(), packed.end(), most.begin(), most.end());
  ASSERT_NE(at, packed.end());
  at[9] = 2;
  Packed in{packed};
  EXPECT_FALSE(unpack_record(in, record));
}

TEST(PackedUser, RefusesUnknownFlagsAndCuts) {
  std::vector<std::uint8_t> packed;
  pack_user({.username = "ada", .created_at = kStart}, packed);
  for (std::size_t size = 0; size < packed.size(); ++size) {
    Packed in = Packed{packed}.first(size);
    User out;
    EXPECT_FALSE(unpack_user(in, out));
  }
  packed[1] = 2;
  Packed in{packed};
  User out;
  EXPECT_FALSE(unpack_user(in, out));
}

TEST(PackedTimes, AreReadAndWrittenInPlace) {
  SessionRecord record = full();
  std::vector<std::uint8_t> packed = pack(record);
  PackedTimes times = unpack_times(packed).value();
  EXPECT_EQ(times.last_seen_at, record.last_seen_at);
  EXPECT_EQ(times.idle_expires_at, record.idle_expires_at);
  EXPECT_EQ(times.absolute_expires_at, record.absolute_expires_at);
  record.last_seen_at = times.last_seen_at = kStart + Millis{0x0102030405};
  record.idle_expires_at = times.idle_expires_at = kNever;
  repack_times(packed, times);
  EXPECT_EQ(packed, pack(record));
  EXPECT_FALSE(unpack_times(Packed{packed}.first(50)).has_value());
}

}  // namespace
}  // namespace latchkey::codec
