#include "latchkey/codec/seal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <span>

#include "codec/seal/fe26.h"
#include "tests/support/refusal.h"

namespace latchkey {
namespace {

constexpr UnixTime kSealedAt = from_unix_millis(1'763'683'200'000);
constexpr std::string_view kSealPassword = "complex_password_at_least_32_characters_long";
constexpr std::string_view kOther = "another_password_of_at_least_32_characters_";

SealPassword password(std::string id, std::string_view text = kSealPassword) {
  return {std::move(id), SealSecret::text(text)};
}

template <class... Passwords>
Result<Sealer> try_make(const SealOptions& options, Passwords... passwords) {
  std::vector<SealPassword> ring;
  (ring.push_back(std::move(passwords)), ...);
  return Sealer::make(std::move(ring), options);
}

template <class... Passwords>
Sealer seal_with(const SealOptions& options, Passwords... passwords) {
  Result<Sealer> made = try_make(options, std::move(passwords)...);
  EXPECT_TRUE(made) << made.error().detail;
  return *std::move(made);
}

TEST(Seal, HasTheLengthTheFormatSays) {
  const Sealer sealer = seal_with({}, password("1"));
  // 6 + 7 stars + id + two salts + IV + ciphertext + expiration + MAC
  EXPECT_EQ(sealer.seal("{}", kSealedAt)->size(), 6 + 7 + 1 + 64 + 22 + 22 + 13 + 64 + 43U);
  EXPECT_EQ(sealer.seal(R"({"user":{"id":1}})", kSealedAt)->size(), 263U);
}

TEST(Seal, OpensUntilItsLifeAndTheSkewAreOver) {
  const Sealer sealer = seal_with({.ttl = std::chrono::seconds{300}}, password("1"));
  const std::string seal = *sealer.seal("[1]", kSealedAt);
  const UnixTime end = kSealedAt + std::chrono::seconds{360};
  const Unsealed last = sealer.unseal(seal, end - Millis{1});
  ASSERT_TRUE(last);
  EXPECT_EQ(last.json(), "[1]");
  EXPECT_EQ(testing::refusal(sealer.unseal(seal, end)), SealReason::expired);
  EXPECT_EQ(testing::refusal(sealer.unseal(seal, end + Millis{1})), SealReason::expired);
}

TEST(Seal, AClockOffsetMovesTheEndThatIsWrittenAndTheOneThatIsRead) {
  const std::chrono::seconds life{300}, offset{1000};
  const Sealer sealer = seal_with({.ttl = life, .clock_offset = offset}, password("1"));
  const std::string seal = *sealer.seal("[1]", kSealedAt);
  const auto end = std::to_string(to_unix_millis(kSealedAt + offset + life));
  EXPECT_NE(seal.find("*" + end + "*"), std::string::npos) << seal;
  EXPECT_TRUE(sealer.unseal(seal, kSealedAt + life));
}

TEST(Seal, R118EndlessSealsMustBeAskedFor) {
  EXPECT_FALSE(try_make({.ttl = Millis{0}}, password("1")));
  const Sealer sealer = seal_with({.ttl = Millis{0}, .allow_missing_expiry = true}, password("1"));
  EXPECT_TRUE(sealer.unseal(*sealer.seal("1", kSealedAt), kNever));
}

TEST(Seal, R120TheFirstPasswordSealsAndAllOpen) {
  const Sealer old = seal_with({}, password("1"));
  const Sealer both = seal_with({}, password("2", kOther), password("1"));
  const Sealer after = seal_with({}, password("2", kOther));
  const std::string seal = *old.seal("{}", kSealedAt);
  const Unsealed opened = both.unseal(seal, kSealedAt);
  ASSERT_TRUE(opened);
  EXPECT_FALSE(opened.by_primary());
  EXPECT_EQ(testing::refusal(after.unseal(seal, kSealedAt)), SealReason::unknown_password);
  const std::string fresh = *both.seal("{}", kSealedAt);
  EXPECT_TRUE(fresh.starts_with("Fe26.2*2*"));
  EXPECT_TRUE(both.unseal(fresh, kSealedAt).by_primary());
}

TEST(Seal, ASinglePasswordWithoutIdOpensEveryId) {
  const std::string named = *seal_with({}, password("7")).seal("{}", kSealedAt);
  EXPECT_TRUE(seal_with({}, password("")).unseal(named, kSealedAt));
  const std::string unnamed = *seal_with({}, password("")).seal("{}", kSealedAt);
  EXPECT_TRUE(unnamed.starts_with("Fe26.2**"));
  EXPECT_TRUE(seal_with({}, password("1", kOther), password("default")).unseal(unnamed, kSealedAt));
  EXPECT_EQ(testing::refusal(seal_with({}, password("1")).unseal(unnamed, kSealedAt)),
            SealReason::unknown_password);
}

TEST(Seal, MisuseIsRefusedAtConstruction) {
  EXPECT_FALSE(Sealer::make({}));
  EXPECT_FALSE(try_make({}, password("1", std::string(31, 'x'))));
  EXPECT_TRUE(try_make({}, password("1", std::string(32, 'x'))));
  EXPECT_FALSE(try_make({}, password("a-b")));
  EXPECT_FALSE(try_make({}, password("1"), password("1", kOther)));
  EXPECT_FALSE(try_make({}, password(""), password("default", kOther)));
  EXPECT_FALSE(try_make({.ttl = Millis{-1}}, password("1")));
  EXPECT_FALSE(try_make({.skew = Millis{-1}}, password("1")));
  EXPECT_FALSE(try_make({.encryption_iterations = 0}, password("1")));
  for (std::size_t size : {0U, 31U, 33U}) {
    const std::vector<std::uint8_t> key(size);
    EXPECT_FALSE(try_make({}, SealPassword{"1", SealSecret::raw_key(key)})) << size;
  }
}

TEST(Seal, WhatIsNoJsonOrTooLongIsNotSealed) {
  const Sealer sealer = seal_with({.max_bytes = 300}, password("1"));
  EXPECT_EQ(sealer.seal("{", kSealedAt).error().code, Errc::invalid_argument);
  EXPECT_EQ(sealer.seal("", kSealedAt).error().code, Errc::invalid_argument);
  const std::string large = '"' + std::string(60, 'x') + '"';
  EXPECT_EQ(sealer.seal(large, kSealedAt).error().code, Errc::too_large);
  const std::string seal = *seal_with({}, password("1")).seal(large, kSealedAt);
  EXPECT_EQ(testing::refusal(sealer.unseal(seal, kSealedAt)), SealReason::too_long);
}

TEST(Seal, R116BadPaddingInsideAnAuthenticSealIsARefusalToo) {
  // The encryption password differs and the integrity password does not: the MAC is right.
  SealPassword writer{"1", SealSecret::text(kOther), SealSecret::text(kSealPassword)};
  const Sealer reader = seal_with({}, password("1"));
  const Sealer other = seal_with({}, std::move(writer));
  int refused = 0;
  for (int i = 0; i < 50; ++i) {
    const Unsealed opened = reader.unseal(*other.seal("{}", kSealedAt), kSealedAt);
    EXPECT_FALSE(opened);
    refused +=
        opened.reason() == SealReason::bad_decrypt || opened.reason() == SealReason::bad_json;
  }
  EXPECT_EQ(refused, 50);
}

TEST(Seal, TheOldCipherReadsOnlyItself) {
  const Sealer ctr = seal_with({.cipher = SealCipher::aes_128_ctr}, password("1"));
  const std::string seal = *ctr.seal(R"({"a":1})", kSealedAt);
  EXPECT_EQ(ctr.unseal(seal, kSealedAt).json(), R"({"a":1})");
  EXPECT_FALSE(seal_with({}, password("1")).unseal(seal, kSealedAt));
}

// The MAC does not cover the last salt, which a raw key does not use.
TEST(Seal, UnderARawKeyNothingStandsWhereTheSaltsWould) {
  const std::string key(32, '\x07');
  const auto bytes = std::span{reinterpret_cast<const std::uint8_t*>(key.data()), key.size()};
  const Sealer raw = seal_with({}, SealPassword{"1", SealSecret::raw_key(bytes)});
  std::string seal = *raw.seal("{}", kSealedAt);
  EXPECT_TRUE(raw.unseal(seal, kSealedAt));
  seal.insert(seal.rfind('*'), "salt");
  EXPECT_EQ(testing::refusal(raw.unseal(seal, kSealedAt)), SealReason::bad_mac);
}

// splitmix64, for positions that are the same in every run.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
  x = (x ^ x >> 27) * 0x94d049bb133111ebU;
  return x ^ x >> 31;
}

// A full run flips every bit of every one.
bool seals_in_full() { return std::getenv("LATCHKEY_FULL") != nullptr; }

// No bit of a seal can be changed. What the client sees is the same refusal each time; the reason,
// which is for the log, is always one that is found without using what the seal holds.
TEST(Seal, OneFlippedBitOfAThousandSealsIsRefused) {
  const Sealer sealer = seal_with({}, password("1"));
  const SealReason early[] = {SealReason::wrong_parts,        SealReason::wrong_prefix,
                              SealReason::invalid_expiration, SealReason::expired,
                              SealReason::unknown_password,   SealReason::bad_mac};
  for (std::uint64_t n = 0; n < 1000; ++n) {
    const std::string seal = *sealer.seal("{\"n\":" + std::to_string(n) + "}", kSealedAt);
    const std::size_t bits = seal.size() * 8;
    const bool every = n < 5 || seals_in_full();
    const std::size_t tries = every ? bits : 8;
    for (std::size_t i = 0; i < tries; ++i) {
      const std::size_t bit = every ? i : mix(n * 8 + i) % bits;
      std::string bad = seal;
      bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
      const Unsealed opened = sealer.unseal(bad, kSealedAt);
      ASSERT_FALSE(opened) << bad;
      ASSERT_NE(std::find(std::begin(early), std::end(early), opened.reason()), std::end(early))
          << seal_reason_name(opened.reason());
    }
  }
}

TEST(Seal, SaltsAndVectorsDoNotRepeat) {
  const Sealer sealer = seal_with({}, password("1"));
  const std::string a = *sealer.seal("{}", kSealedAt), b = *sealer.seal("{}", kSealedAt);
  // Behind `Fe26.2*1*`: salt, IV.
  EXPECT_NE(a.substr(9, 64), b.substr(9, 64));
  EXPECT_NE(a.substr(74, 22), b.substr(74, 22));
}

class EmptyEntropy final : public Entropy {
 public:
  Result<void> fill(std::span<std::uint8_t>) override {
    return Error{Errc::entropy_unavailable, "none"};
  }
};

TEST(Seal, WithoutEntropyNothingIsSealed) {
  EmptyEntropy none;
  const auto seal = seal_with({.entropy = &none}, password("1")).seal("{}", kSealedAt);
  ASSERT_FALSE(seal);
  EXPECT_EQ(seal.error().code, Errc::entropy_unavailable);
}

TEST(Seal, EveryReasonHasAName) {
  for (int i = 0; i <= static_cast<int>(SealReason::bad_json); ++i) {
    EXPECT_NE(seal_reason_name(static_cast<SealReason>(i)), "unknown");
  }
}

TEST(Fe26, ASealerRefusesWhatItsPeersRefuse) {
  using codec::Fe26Password;
  const auto seals = [](const Fe26Password& made) {
    return codec::fe26_seal("{}", made, {}, 0, system_entropy()).has_value();
  };
  EXPECT_TRUE(seals(Fe26Password{password("a_B_9")}));
  EXPECT_FALSE(seals(Fe26Password{password("a b")}));
  EXPECT_FALSE(seals(Fe26Password{password("1", "")}));
  EXPECT_FALSE(seals(Fe26Password{password("1", "short")}));
  const std::vector<std::uint8_t> raw(33);
  EXPECT_FALSE(seals(Fe26Password{{"1", SealSecret::raw_key(raw)}}));
  EXPECT_FALSE(
      seals(Fe26Password{{"1", SealSecret::text(kSealPassword), SealSecret::text("short")}}));
}

TEST(Fe26, ShortEncryptionPasswordsAreFoundBehindTheMac) {
  codec::Fe26Ring good, bad;
  good.passwords.emplace_back(
      SealPassword{"1", SealSecret::text(kOther), SealSecret::text(kSealPassword)});
  bad.passwords.emplace_back(
      SealPassword{"1", SealSecret::text("short"), SealSecret::text(kSealPassword)});
  std::string seal = *codec::fe26_seal("{}", good.passwords[0], {}, 0, system_entropy());
  EXPECT_EQ(codec::fe26_unseal(seal, bad, {}, 0).reason, SealReason::password_too_short);
  seal[12] = seal[12] == 'a' ? 'b' : 'a';
  EXPECT_EQ(codec::fe26_unseal(seal, bad, {}, 0).reason, SealReason::bad_mac);
}

}  // namespace
}  // namespace latchkey
