#include "codec/seal/sealed_session.h"

#include <gtest/gtest.h>

#include <limits>

#include "latchkey/codec/native_seal.h"

namespace latchkey::codec {
namespace {

SealedSession typical() {
  SealedSession session;
  session.id = *SessionId::parse("abcAAAAAAAAAAAAAAAAAAA_");
  session.user_id = *UserId::parse("0f8fad5b-d9cb-469f-a165-70867728950e");
  session.created_at = from_unix_millis(1'763'683'200'123);
  session.authenticated_at = session.created_at;
  session.idle_expires_at = session.created_at + std::chrono::days{14};
  session.absolute_expires_at = session.created_at + std::chrono::days{30};
  session.epoch = 3;
  session.level = 1;
  return session;
}

TEST(SealedSession, WhatIsPackedUnpacks) {
  SealedSession session = typical();
  EXPECT_EQ(unpack_sealed_session(pack_sealed_session(session)), session);
  session.id = *SessionId::parse("lko_abcdefghijklmnopqrstuvwxy01");
  session.user_id = UserId{};
  session.persistent = false;
  session.level = 3;
  session.attributes = R"({"theme":"dark"})";
  session.epoch = std::numeric_limits<std::int64_t>::min();
  session.authenticated_at = from_unix_millis(0);
  session.absolute_expires_at = kNever;
  // The last of 27 characters has two bits that stand for nothing.
  EXPECT_NE(unpack_sealed_session(pack_sealed_session(session)), session);
  session.id = *SessionId::parse("lko_abcdefghijklmnopqrstuvwxy0A");
  EXPECT_EQ(unpack_sealed_session(pack_sealed_session(session)), session);
}

TEST(SealedSession, ARevisionMakesItFormat2AndBothFormatsAreRead) {
  SealedSession session = typical();
  EXPECT_EQ(pack_sealed_session(session)[0], 1) << "what programs before it read";
  for (const std::int64_t revision : {std::int64_t{0}, std::int64_t{1}, kMaxRevision}) {
    session.revision = revision;
    const std::string packed = pack_sealed_session(session);
    EXPECT_EQ(packed[0], 2);
    EXPECT_EQ(unpack_sealed_session(packed), session) << revision;
  }
  session.revision = kMaxRevision + 1;
  EXPECT_FALSE(unpack_sealed_session(pack_sealed_session(session)));
  session.revision = -1;
  EXPECT_FALSE(unpack_sealed_session(pack_sealed_session(session)));
}

TEST(SealedSession, AnIdOfTheFirstFormMayStartLikeAnOpaqueOne) {
  SealedSession session = typical();
  session.id = *SessionId::parse("lko_AAAAAAAAAAAAAAAAAAA");
  EXPECT_EQ(unpack_sealed_session(pack_sealed_session(session)), session);
}

TEST(SealedSession, TypicalSealsHaveAtMost180Characters) {
  std::vector<NativeSealKey> keys;
  keys.push_back({"2026-01", SecretBytes{std::string(32, 'k')}});
  const Result<NativeSealer> sealer = NativeSealer::make(std::move(keys));
  SealedSession session = typical();
  session.revision = std::int64_t{30} * 86'400'000 * 1024;
  const auto seal = sealer->seal(pack_sealed_session(session));
  ASSERT_TRUE(seal);
  EXPECT_LE(seal->size(), 180U) << seal->size();
}

TEST(SealedSession, NoPrefixAndNoLongerTextUnpacks) {
  SealedSession session = typical();
  session.attributes = R"({"a":1})";
  session.revision = 7;
  const std::string packed = pack_sealed_session(session);
  for (std::size_t size = 0; size < packed.size(); ++size) {
    EXPECT_FALSE(unpack_sealed_session(std::string_view{packed}.substr(0, size))) << size;
  }
  EXPECT_FALSE(unpack_sealed_session(packed + '\0'));
}

TEST(SealedSession, OtherFormatsFlagsAndLongNumbersAreRefused) {
  const std::string packed = pack_sealed_session(typical());
  std::string bad = packed;
  for (const char format : {char{0}, char{2}, char{3}}) {  // 2: the octets are those of format 1
    bad[0] = format;
    EXPECT_FALSE(unpack_sealed_session(bad)) << static_cast<int>(format);
  }
  bad = packed;
  bad[1] = 4;
  EXPECT_FALSE(unpack_sealed_session(bad));
  // The last two octets are an empty text; a longer form of zero is not accepted.
  bad = packed.substr(0, packed.size() - 1) + std::string("\x80\x00", 2);
  EXPECT_FALSE(unpack_sealed_session(bad));
}

}  // namespace
}  // namespace latchkey::codec
