#include "store/redis/wire/value.h"

#include <gtest/gtest.h>

namespace latchkey::redis {
namespace {

const SessionId kValueId = SessionId::parse("06S0123456789abcdefghij").value();

SessionRecord some_record() {
  SessionRecord record;
  record.id = kValueId;
  record.secret_hash.bytes.fill(0xab);
  record.user_id = UserId{42};
  record.created_at = from_unix_millis(1'800'000'000'000);
  record.authenticated_at = record.created_at;
  record.last_seen_at = record.created_at + Millis{1};
  record.idle_expires_at = record.created_at + Millis{2};
  record.absolute_expires_at = kNever;
  record.idle = std::chrono::hours{336};
  record.level = 2;
  record.user_agent = "agent";
  record.address = "::1";
  record.attributes = "{}";
  record.previous = PreviousSecret{.sealed_secret = "sealed", .until = record.created_at};
  return record;
}

TEST(RedisValue, ARecordComesBack) {
  SessionRecord record = some_record();
  EXPECT_EQ(std::get<SessionRecord>(unpack(kValueId, pack(record, record.version))), record);
  record.binding = std::string(kMaxBindingBytes, '\0');
  EXPECT_EQ(std::get<SessionRecord>(unpack(kValueId, pack(record, record.version))), record);
  EXPECT_TRUE(check_record(record));
  record.binding += 'x';
  EXPECT_EQ(check_record(record).error().code, Errc::too_large);
  record.binding.clear();
  record.previous.reset();
  record.user_id = UserId{};
  record.persistent = false;
  const SessionRecord next = std::get<SessionRecord>(unpack(kValueId, pack(record, 7)));
  EXPECT_EQ(next.version, 7);
  EXPECT_FALSE(next.persistent || next.previous);
}

TEST(RedisValue, WhatScriptsReadStandsInItsPlace) {
  const std::string value = pack(some_record(), 1);
  EXPECT_EQ(value[0], 'R');
  EXPECT_EQ(value.substr(3, 4), std::string("\x01\0\0\0", 4)) << "version";
  EXPECT_EQ(value.substr(42, 32), std::string(32, '\xab'));
  EXPECT_EQ(value.substr(74, 3),
            "\x02"
            "42");
}

TEST(RedisValue, NothingCutOrLongerIsARecord) {
  const std::string value = pack(some_record(), 1);
  for (std::size_t size = 0; size < value.size(); ++size) {
    EXPECT_TRUE(std::holds_alternative<std::monostate>(unpack(kValueId, value.substr(0, size))))
        << size;
  }
  EXPECT_TRUE(std::holds_alternative<std::monostate>(unpack(kValueId, value + "x")));
  std::string odd = value;
  odd[1] = '\x7f';
  EXPECT_TRUE(std::holds_alternative<std::monostate>(unpack(kValueId, odd))) << "unknown flags";
  EXPECT_TRUE(std::holds_alternative<std::monostate>(unpack(kValueId, "T\x01")));
}

TEST(RedisValue, TimesThatDoNotFitAreRefused) {
  SessionRecord record = some_record();
  EXPECT_TRUE(check_record(record));
  record.created_at = from_unix_millis(-1);
  EXPECT_EQ(check_record(record).error().code, Errc::invalid_argument);
  record = some_record();
  record.absolute_expires_at = from_unix_millis(std::int64_t{1} << 48);
  EXPECT_EQ(check_record(record).error().code, Errc::invalid_argument);
  record = some_record();
  record.version = std::int64_t{1} << 32;
  EXPECT_EQ(check_record(record).error().code, Errc::invalid_argument);
  record = some_record();
  record.idle = Millis{std::int64_t{1} << 40};
  EXPECT_EQ(check_record(record).error().code, Errc::invalid_argument);
  record = some_record();
  record.attributes.resize(kMaxAttributesBytes + 1);
  EXPECT_EQ(check_record(record).error().code, Errc::too_large);
}

}  // namespace
}  // namespace latchkey::redis
