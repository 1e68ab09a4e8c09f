#include "latchkey/token.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/base64url.h"
#include "codec/token/opaque_token.h"
#include "codec/token/slot_tag.h"
#include "codec/token/token_parts.h"

namespace latchkey {
namespace {

const std::string kId = "-5cAAAAAAAAAAAAAAAAAAAA";
const std::string kTokenSecret = "0123456789abcdefghijABCD";
const std::string kText = "lk1_" + kId + kTokenSecret;

TEST(SessionToken, ParsesItsOwnText) {
  const auto token = SessionToken::parse(kText);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->id().text(), kId);
  EXPECT_EQ(token->insecure_secret(), kTokenSecret);
  EXPECT_EQ(token->reveal(), kText);
  EXPECT_EQ(kText.size(), SessionToken::kLength);
}

// R42, R92: the shape is checked before any look-up.
TEST(SessionToken, RefusesEveryOtherLengthPrefixAndAlphabet) {
  for (std::size_t length = 0; length < kText.size(); ++length) {
    EXPECT_FALSE(SessionToken::parse(kText.substr(0, length)));
  }
  EXPECT_FALSE(SessionToken::parse(kText + "A"));
  EXPECT_FALSE(SessionToken::parse("LK1_" + kId + kTokenSecret));
  EXPECT_FALSE(SessionToken::parse("lk2_" + kId + kTokenSecret));
  for (std::size_t at = 0; at < kText.size(); ++at) {
    for (char bad : {' ', '=', '+', '/', '.', '%', '"', '\0', '\x80', '\xff'}) {
      std::string text = kText;
      text[at] = bad;
      EXPECT_FALSE(SessionToken::parse(text)) << at << ' ' << int(bad);
    }
  }
}

// Who looks a token up by its parts has no other check.
TEST(SessionToken, IsSplitAndPutTogetherOfWholePartsOnly) {
  ASSERT_TRUE(codec::split_token(kText));
  EXPECT_FALSE(codec::split_token("lk1_" + kId + "0123456789abcdefghijABC!"));
  const SessionId id = *SessionId::parse(kId);
  EXPECT_TRUE(SessionToken::assemble(id, kTokenSecret));
  EXPECT_FALSE(SessionToken::assemble(id, kTokenSecret.substr(1)));
  EXPECT_FALSE(SessionToken::assemble(id, kTokenSecret + "A"));
  const SessionId foreign = *codec::opaque_session_id("abc");
  EXPECT_FALSE(SessionToken::assemble(foreign, kTokenSecret));
}

TEST(SessionToken, AMovedFromTokenIsStillWipedAndHarmless) {
  auto token = SessionToken::parse(kText);
  const SessionToken taken = std::move(*token);
  EXPECT_EQ(taken.reveal(), kText);
}

TEST(SessionId, HasExactlyTwoForms) {
  EXPECT_TRUE(SessionId::parse(kId));
  EXPECT_TRUE(SessionId::parse("lko_" + std::string(27, 'a')));
  EXPECT_FALSE(SessionId::parse("lkx_" + std::string(27, 'a')));
  EXPECT_FALSE(SessionId::parse(""));
  EXPECT_FALSE(SessionId::parse(std::string(24, 'a')));
  EXPECT_FALSE(SessionId::parse(std::string(22, 'a') + "="));
}

TEST(UserId, IsTextOf1To255BytesWithoutControls) {
  EXPECT_TRUE(UserId::parse("u"));
  EXPECT_TRUE(UserId::parse(std::string(255, 'u')));
  EXPECT_TRUE(UserId::parse("J\xc3\xb6rg <b>'\"; --"));
  EXPECT_FALSE(UserId::parse(""));
  EXPECT_FALSE(UserId::parse(std::string(256, 'u')));
  for (std::string_view bad : {std::string_view("a\nb"), std::string_view("a\0b", 3),
                               std::string_view("a\x7f"), std::string_view("\xc3("),
                               std::string_view("\xed\xa0\x80"), std::string_view("a\xc2\x85")}) {
    EXPECT_FALSE(UserId::parse(bad)) << bad;
  }
}

TEST(UserId, AnOctetOutsideAsciiIsSeenWhereverItStands) {
  for (std::size_t size = 1; size < 26; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int octet = 0; octet < 256; ++octet) {
        std::string text(size, 'u');
        text[at] = static_cast<char>(octet);
        // One octet of 128 or more is no UTF-8.
        EXPECT_EQ(UserId::parse(text).has_value(), octet >= 0x20 && octet < 0x7f)
            << size << ' ' << at << ' ' << octet;
      }
    }
  }
}

TEST(UserId, KeepsAnIntegerAsText) {
  EXPECT_EQ(UserId(42).text(), "42");
  EXPECT_EQ(UserId(-7).text(), "-7");
}

// CRC-16/XMODEM check value, and the slot Redis documents for this key.
TEST(SlotTag, ClusterSlotIsTheOneOfRedisCluster) {
  EXPECT_EQ(codec::cluster_slot("123456789"), 0x31c3);
  EXPECT_EQ(codec::cluster_slot("foo"), 12182);
}

TEST(SlotTag, EverySlotHasItsOwnTagThatHashesToIt) {
  std::set<std::string> seen;
  for (unsigned slot = 0; slot < codec::kClusterSlots; ++slot) {
    const codec::SlotTag tag = codec::slot_tag(static_cast<std::uint16_t>(slot));
    const std::string text(tag.begin(), tag.end());
    ASSERT_TRUE(is_base64url(text));
    ASSERT_EQ(codec::cluster_slot(text), slot);
    ASSERT_TRUE(seen.insert(text).second);
  }
}

// The vectors of docs/formats/token.md.
TEST(SlotTag, MatchesThePublishedVectors) {
  std::array<std::uint8_t, 32> key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
  struct Row {
    std::string_view user;
    std::uint16_t slot;
    std::string_view tag;
  };
  for (const Row& row :
       {Row{"alice", 12015, "6jm"}, Row{"42", 15865, "-Hm"}, Row{"J\xc3\xb6rg", 847, "5B7"}}) {
    const std::uint16_t slot = codec::slot_of_user(key, *UserId::parse(row.user));
    const codec::SlotTag tag = codec::slot_tag(slot);
    EXPECT_EQ(slot, row.slot) << row.user;
    EXPECT_EQ(std::string_view(tag.data(), 3), row.tag) << row.user;
  }
}

}  // namespace
}  // namespace latchkey
