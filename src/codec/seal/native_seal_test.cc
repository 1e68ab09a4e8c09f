#include "latchkey/codec/native_seal.h"

#include <gtest/gtest.h>

#include <set>

#include "base/base64url.h"
#include "crypto/digest.h"
#include "tests/support/refusal.h"

namespace latchkey {
namespace {

NativeSealKey seal_key(std::string id, char fill = 'k') {
  return {std::move(id), SecretBytes{std::string(32, fill)}};
}

template <class... Keys>
std::vector<NativeSealKey> ring_of(Keys... keys) {
  std::vector<NativeSealKey> ring;
  (ring.push_back(std::move(keys)), ...);
  return ring;
}

template <class... Keys>
NativeSealer sealer_of(const NativeSealOptions& options, Keys... keys) {
  Result<NativeSealer> made = NativeSealer::make(ring_of(std::move(keys)...), options);
  EXPECT_TRUE(made) << made.error().detail;
  return *std::move(made);
}

TEST(NativeSeal, WhatIsSealedOpensForEveryLength) {
  const NativeSealer sealer = sealer_of({}, seal_key("a"));
  for (std::size_t size : {0U, 1U, 15U, 16U, 17U, 100U, 5000U}) {
    const std::string content(size, '\xa5');
    const auto seal = sealer.seal(content);
    ASSERT_TRUE(seal);
    const NativeUnsealed opened = sealer.unseal(*seal);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened.content(), content);
    EXPECT_TRUE(opened.by_primary());
  }
}

TEST(NativeSeal, R114AnotherNameOrPurposeDoesNotOpen) {
  const std::string seal = *sealer_of({}, seal_key("a")).seal("x");
  NativeSealOptions other;
  other.cookie_name = "__Host-other";
  EXPECT_EQ(testing::refusal(sealer_of(other, seal_key("a")).unseal(seal)),
            NativeSealReason::forged);
  NativeSealOptions reset;
  reset.purpose = "reset";
  EXPECT_EQ(testing::refusal(sealer_of(reset, seal_key("a")).unseal(seal)),
            NativeSealReason::forged);
  // Moving a character from one part to its neighbour changes what is authenticated.
  NativeSealOptions shifted;
  shifted.cookie_name = "__Host-sessions";
  shifted.purpose = "ession";
  EXPECT_EQ(testing::refusal(sealer_of(shifted, seal_key("a")).unseal(seal)),
            NativeSealReason::forged);
}

TEST(NativeSeal, R115NoTwoSealsShareASalt) {
  const NativeSealer sealer = sealer_of({}, seal_key("a"));
  std::set<std::string> salts;
  constexpr int kSeals = 10000;
  // Behind the prefix: one octet of length, one of id, then 24 of salt.
  for (int i = 0; i < kSeals; ++i) salts.insert(sealer.seal("same")->substr(8, 31));
  EXPECT_EQ(salts.size(), static_cast<std::size_t>(kSeals));
}

TEST(NativeSeal, ReadOnlyKeysOpenAndUnknownOnesAreNamed) {
  const std::string seal = *sealer_of({}, seal_key("old", 'o')).seal("x");
  const NativeSealer both = sealer_of({}, seal_key("new", 'n'), seal_key("old", 'o'));
  const NativeUnsealed opened = both.unseal(seal);
  ASSERT_TRUE(opened);
  EXPECT_FALSE(opened.by_primary());
  EXPECT_EQ(testing::refusal(sealer_of({}, seal_key("new", 'n')).unseal(seal)),
            NativeSealReason::unknown_key);
  EXPECT_EQ(testing::refusal(sealer_of({}, seal_key("old", 'x')).unseal(seal)),
            NativeSealReason::forged);
}

TEST(NativeSeal, AnyFlippedBitIsRefused) {
  const NativeSealer sealer = sealer_of({}, seal_key("a"));
  const std::string seal = *sealer.seal("content");
  for (std::size_t bit = 0; bit < seal.size() * 8; ++bit) {
    std::string bad = seal;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(sealer.unseal(bad)) << bad;
  }
}

TEST(NativeSeal, WhatIsNoSealIsMalformed) {
  const NativeSealer sealer = sealer_of({.max_bytes = 100}, seal_key("a"));
  const std::string seal = *sealer.seal("");
  for (const std::string& bad :
       {std::string{}, std::string{"lks1_"}, std::string{"lks1_AA"}, "lks2_" + seal.substr(5),
        seal + "=", " " + seal, seal.substr(0, 60), "lks1_" + std::string(200, 'A'),
        "lks1_" + std::string(80, '_')}) {
    EXPECT_EQ(testing::refusal(sealer.unseal(bad)), NativeSealReason::malformed) << bad;
  }
}

TEST(NativeSeal, TheLimitHoldsForBothDirections) {
  const auto seal = sealer_of({.max_bytes = 100}, seal_key("a")).seal(std::string(100, 'x'));
  ASSERT_FALSE(seal);
  EXPECT_EQ(seal.error().code, Errc::too_large);
  const std::string text = *sealer_of({}, seal_key("a")).seal("content");
  const NativeSealer exact = sealer_of({.max_bytes = text.size()}, seal_key("a"));
  EXPECT_TRUE(exact.seal("content"));
  EXPECT_TRUE(exact.unseal(text));
  const NativeSealer less = sealer_of({.max_bytes = text.size() - 1}, seal_key("a"));
  EXPECT_FALSE(less.seal("content"));
  EXPECT_EQ(testing::refusal(less.unseal(text)), NativeSealReason::malformed);
}

TEST(NativeSeal, AKeyIdHasOneTo32OctetsAndAPurpose255) {
  const std::string longest(32, 'i');
  EXPECT_TRUE(NativeSealer::make(ring_of(seal_key(longest)), {}));
  EXPECT_FALSE(NativeSealer::make(ring_of(seal_key(longest + "i")), {}));
  EXPECT_TRUE(NativeSealer::make(ring_of(seal_key("a")), {.purpose = std::string(255, 'p')}));
  EXPECT_FALSE(NativeSealer::make(ring_of(seal_key("a")), {.purpose = std::string(256, 'p')}));
  const NativeSealer sealer = sealer_of({}, seal_key("a"));
  const auto with_id = [](std::size_t size) {
    std::string body(1 + size + 24 + 16 + 1, 'i');
    body[0] = static_cast<char>(size);
    return std::string(NativeSealer::kPrefix) + base64url_encode(crypto::as_bytes(body));
  };
  EXPECT_EQ(testing::refusal(sealer.unseal(with_id(0))), NativeSealReason::malformed);
  EXPECT_EQ(testing::refusal(sealer.unseal(with_id(32))), NativeSealReason::unknown_key);
  EXPECT_EQ(testing::refusal(sealer.unseal(with_id(33))), NativeSealReason::malformed);
}

TEST(NativeSeal, MisuseIsRefusedAtConstruction) {
  const auto refused = [](std::vector<NativeSealKey> keys, const NativeSealOptions& options) {
    const auto made = NativeSealer::make(std::move(keys), options);
    return !made && made.error().code == Errc::bad_config;
  };
  EXPECT_TRUE(refused({}, {}));
  for (const std::string& id : {std::string{}, std::string{"a b"}, std::string(33, 'a')}) {
    std::vector<NativeSealKey> keys;
    keys.push_back(seal_key(id));
    EXPECT_TRUE(refused(std::move(keys), {})) << id;
  }
  std::vector<NativeSealKey> twice, weak, fine;
  twice.push_back(seal_key("a"));
  twice.push_back(seal_key("a", 'b'));
  EXPECT_TRUE(refused(std::move(twice), {}));
  weak.push_back({"a", SecretBytes{std::string(31, 'k')}});
  EXPECT_TRUE(refused(std::move(weak), {}));
  fine.push_back(seal_key("a"));
  EXPECT_TRUE(refused(std::move(fine), {.cookie_name = std::string(256, 'n')}));
}

class NoEntropy final : public Entropy {
 public:
  Result<void> fill(std::span<std::uint8_t>) override {
    return Error{Errc::entropy_unavailable, "none"};
  }
};

TEST(NativeSeal, WithoutEntropyNothingIsSealed) {
  NoEntropy none;
  const auto seal = sealer_of({.entropy = &none}, seal_key("a")).seal("x");
  ASSERT_FALSE(seal);
  EXPECT_EQ(seal.error().code, Errc::entropy_unavailable);
}

}  // namespace
}  // namespace latchkey
