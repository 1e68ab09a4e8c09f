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

// Texts are written as soon as there is one of them.
TEST(RedisValue, EachTextComesBackAlone) {
  for (const auto text :
       {&SessionRecord::user_agent, &SessionRecord::address, &SessionRecord::attributes}) {
    SessionRecord record = some_record();
    record.user_agent = record.address = record.attributes = "";
    record.*text = "x";
    EXPECT_EQ(std::get<SessionRecord>(unpack(kValueId, pack(record, record.version))), record);
  }
}

TEST(RedisValue, ATombstoneIsReadAsScriptsWriteIt) {
  const std::string value =
      std::string("T\x02\x01\x02\0\0\0\0", 8) + std::string(SecretHash::kBytes, '\xcd');
  const auto tombstone = std::get<Tombstone>(unpack(kValueId, value));
  EXPECT_EQ(tombstone.id, kValueId);
  EXPECT_EQ(tombstone.reason, static_cast<EndReason>(2));
  EXPECT_EQ(tombstone.ended_at, from_unix_millis(0x0201));
  SecretHash hash;
  hash.bytes.fill(0xcd);
  EXPECT_EQ(tombstone.secret_hash.bytes, hash.bytes);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(unpack(kValueId, value + "x")));
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
  EXPECT_TRUE(std::holds_alternative<std::monostate>(unpack(kValueId, "X" + value.substr(1))));
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

// The largest that is accepted comes back as it was, and one more is refused.
TEST(RedisValue, EachLimitIsTheOneOfThePackedForm) {
  const auto code_of = [](const auto& change) {
    SessionRecord record = some_record();
    change(record);
    const Result<void> checked = check_record(record);
    if (checked) {
      EXPECT_EQ(std::get<SessionRecord>(unpack(kValueId, pack(record, record.version))), record);
    }
    return checked ? Errc::conflict : checked.error().code;
  };
  constexpr std::int64_t kLast = (std::int64_t{1} << 48) - 1;
  for (const auto time :
       {&SessionRecord::created_at, &SessionRecord::authenticated_at, &SessionRecord::last_seen_at,
        &SessionRecord::idle_expires_at, &SessionRecord::absolute_expires_at}) {
    const auto set = [&](std::int64_t millis) {
      return code_of([&](SessionRecord& record) { record.*time = from_unix_millis(millis); });
    };
    EXPECT_EQ(set(0), Errc::conflict);
    EXPECT_EQ(set(kLast), Errc::conflict);
    EXPECT_EQ(set(-1), Errc::invalid_argument);
    EXPECT_EQ(set(kLast + 1), Errc::invalid_argument);
  }
  const auto until = [&](std::int64_t millis) {
    return code_of([&](SessionRecord& r) { r.previous->until = from_unix_millis(millis); });
  };
  EXPECT_EQ(until(kLast), Errc::conflict);
  EXPECT_EQ(until(kLast + 1), Errc::invalid_argument);
  const auto idle = [&](std::int64_t millis) {
    return code_of([&](SessionRecord& record) { record.idle = Millis{millis}; });
  };
  EXPECT_EQ(idle(0), Errc::conflict);
  EXPECT_EQ(idle((std::int64_t{1} << 40) - 1), Errc::conflict);
  EXPECT_EQ(idle(-1), Errc::invalid_argument);
  const auto version = [&](std::int64_t number) {
    return code_of([&](SessionRecord& record) { record.version = number; });
  };
  EXPECT_EQ(version(0), Errc::conflict);
  EXPECT_EQ(version((std::int64_t{1} << 32) - 2), Errc::conflict);
  EXPECT_EQ(version((std::int64_t{1} << 32) - 1), Errc::invalid_argument) << "the next must fit";
  EXPECT_EQ(version(-1), Errc::invalid_argument);
  const auto sized = [&](auto text, std::size_t size) {
    return code_of([&](SessionRecord& record) { text(record).assign(size, 'x'); });
  };
  const auto agent = [](SessionRecord& r) -> std::string& { return r.user_agent; };
  const auto address = [](SessionRecord& r) -> std::string& { return r.address; };
  const auto attributes = [](SessionRecord& r) -> std::string& { return r.attributes; };
  const auto sealed = [](SessionRecord& r) -> std::string& { return r.previous->sealed_secret; };
  EXPECT_EQ(sized(agent, kMaxUserAgentBytes), Errc::conflict);
  EXPECT_EQ(sized(agent, kMaxUserAgentBytes + 1), Errc::too_large);
  EXPECT_EQ(sized(address, kMaxAddressBytes), Errc::conflict);
  EXPECT_EQ(sized(address, kMaxAddressBytes + 1), Errc::too_large);
  EXPECT_EQ(sized(attributes, kMaxAttributesBytes), Errc::conflict);
  EXPECT_EQ(sized(sealed, kMaxSealedSecretBytes), Errc::conflict);
  EXPECT_EQ(sized(sealed, kMaxSealedSecretBytes + 1), Errc::too_large);
  EXPECT_EQ(code_of([](SessionRecord& record) { record.id = SessionId{}; }),
            Errc::invalid_argument);
}

}  // namespace
}  // namespace latchkey::redis
