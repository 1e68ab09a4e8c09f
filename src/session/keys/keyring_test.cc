#include "latchkey/keyring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <set>
#include <thread>

#include "crypto/digest.h"

namespace latchkey {
namespace {

constexpr UnixTime kNow = from_unix_millis(1'800'000'000'000);
constexpr std::string_view kGood = "Zk3uYy0v1mQ8rTq5oW7xP2nL9sD4fGhJ6aBcE+i/RtU=";
constexpr std::string_view kOther = "q1W9eR8tY7uI6oP5aS4dF3gH2jK1lZ0xC/vB+nMmNbV=";

Key key(std::string id, KeyState state = KeyState::primary, std::string_view secret = kGood,
        UnixTime activates_at = kNow) {
  return {std::move(id), state, SecretBytes(secret), kNow, activates_at};
}

template <class... Keys>
Result<std::shared_ptr<const KeyRing>> ring(Keys... keys) {
  std::vector<Key> list;
  (list.push_back(std::move(keys)), ...);
  return KeyRing::make(std::move(list));
}

template <class... Keys>
std::string refusal(Keys... keys) {
  const auto made = ring(std::move(keys)...);
  if (made) return "accepted";
  EXPECT_EQ(made.error().code, Errc::bad_config);
  return made.error().detail;
}

TEST(KeyRing, HasExactlyOnePrimary) {
  EXPECT_TRUE(ring(key("a")));
  EXPECT_NE(refusal(), "accepted");
  EXPECT_NE(refusal(key("a", KeyState::next)), "accepted");
  EXPECT_NE(refusal(key("a"), key("b")), "accepted");
}

TEST(KeyRing, IdsAreWellFormedAndUsedOnce) {
  EXPECT_TRUE(ring(key("A-z_9"), key(std::string(32, 'x'), KeyState::read_only)));
  EXPECT_NE(refusal(key("a"), key("a", KeyState::gone)), "accepted");
  for (const char* id : {"", "a b", "a.b", "\xc3\xa9", "a\n"}) {
    EXPECT_NE(refusal(key(id)), "accepted") << id;
  }
  EXPECT_NE(refusal(key(std::string(33, 'x'))), "accepted");
}

TEST(KeyRing, R119WeakAndSampleSecretsAreRefusedWithTheCommandForAGoodOne) {
  for (const std::string& secret : {
           std::string(),
           std::string("short"),
           std::string(kGood.substr(0, 31)),
           std::string(32, 'x'),
           std::string(64, '\0'),
           std::string("abababababababababababababababab"),
           std::string("0123456789abcdef0123456789abcdef"),
           std::string("secretsecretsecretsecretsecretse"),
           std::string("abcdefghijklmnopqrstuvwxyz012345"),
           std::string("zyxwvutsrqponmlkjihgfedcba987654"),
           std::string("aabbccddaabbccddaabbccdddcbaabcd"),
           std::string("complex_password_at_least_32_characters_long"),
           std::string("2gyZ3GDw3LHZQKDhPmPDL3sjREVRXPr8"),
           std::string("a-string-secret-at-least-256-bits-long"),
           std::string("cc7e0d44fd473002f1c42167459001140ec6389b7353f8088f4d9a95f2f596f2"),
           std::string("changeme-changeme-changeme-12345"),
           std::string("CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET"),
           std::string("this-is-your_secret-please-replace-it"),
           std::string("MySuperSecretKeyThatNobodyKnows123"),
           std::string("qwertyuiopasdfghjklzxcvbnm1357924680"),
           std::string("NEXTAUTH_SECRET_GOES_HERE_PLEASE_32X"),
           std::string("my-32-character-ultra-secure-and-ultra-long-secret"),
           std::string("correct horse battery staple correct horse"),
           std::string("development-secret-do-not-use-in-production"),
           std::string("ThisIsNotASecureSecretAndShouldBeReplaced"),
           std::string("insecure-development-only-key-000000000000"),
           std::string("django-insecure-#$%abcdefghijk1234567890qwerty"),
           std::string("openssl rand -base64 32 openssl rand"),
           std::string("todo-generate-a-real-value-before-deploying"),
           std::string("lorem ipsum dolor sit amet consectetur"),
           std::string("your_very_long_jwt_signing_value_here_1234"),
           std::string("P@ssw0rdP@ssw1rdP@ssw2rdP@ssw3rd"),
           std::string("DER.HUND.KAM.IN.DIE.KUECHE.UND.STAHL"),
           std::string("kV7z!mQ2xR9pkV7z!mQ2xR9pkV7z!mQ2xR9p"),
           std::string("a7k2q9xa2k7q9a2xk7a9q2k7xq9a2k7a9xq2"),
       }) {
    const std::string said = refusal(key("a", KeyState::primary, secret));
    EXPECT_NE(said.find("latchkey key new"), std::string::npos) << secret;
    EXPECT_NE(said.find("openssl rand -base64 32"), std::string::npos) << secret;
    EXPECT_TRUE(secret.empty() || said.find(secret) == std::string::npos) << "the secret is told";
  }
}

TEST(KeyRing, EightDifferentCharactersAreEnough) {
  EXPECT_EQ(weak_secret_reason("a7k2q9xza2k7q9za2xk7a9q2k7xq9za2k7a9xq2"), "");
}

// Draws draws the same every time, so that a test of chance cannot fail by chance.
class Draws final : public Entropy {
 public:
  Result<void> fill(std::span<std::uint8_t> out) override {
    for (std::uint8_t& byte : out) {
      if (used_ == block_.size()) {
        block_ = crypto::sha256(crypto::as_bytes(std::to_string(++count_)));
        used_ = 0;
      }
      byte = block_[used_++];
    }
    return {};
  }

 private:
  std::uint64_t count_ = 0;
  crypto::Digest256 block_{};
  std::size_t used_ = block_.size();
};

TEST(KeyRing, RandomSecretsAreNeverCalledWeak) {
  constexpr std::string_view kHex = "0123456789abcdef";
  Draws draws;
  for (int i = 0; i < 5'000; ++i) {
    const auto made = generate_key(KeyState::primary, kNow, kNow, draws);
    ASSERT_TRUE(made);
    const std::string base64{made->secret.insecure_view()};
    EXPECT_EQ(weak_secret_reason(base64), "") << base64;
    std::string url = base64.substr(0, 43), hex, short_hex;
    std::replace(url.begin(), url.end(), '+', '-');
    std::replace(url.begin(), url.end(), '/', '_');
    EXPECT_EQ(weak_secret_reason(url), "") << url;
    std::array<std::uint8_t, 32> bytes;
    ASSERT_TRUE(draws.fill(bytes));
    for (const std::uint8_t byte : bytes) {
      hex += {kHex[byte >> 4], kHex[byte & 15]};
      short_hex += kHex[byte & 15];
    }
    EXPECT_EQ(weak_secret_reason(hex), "") << hex;
    EXPECT_EQ(weak_secret_reason(short_hex), "") << short_hex;
  }
}

TEST(KeyRing, AGeneratedSecretLooksAsOpensslPrintsIt) {
  std::set<std::string> ids;
  for (int i = 0; i < 20; ++i) {
    const auto made = generate_key(KeyState::next, kNow, kNow + Millis{5});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->secret.size(), 44U);
    EXPECT_EQ(made->secret.insecure_view().back(), '=');
    EXPECT_EQ(made->state, KeyState::next);
    EXPECT_EQ(made->activates_at, kNow + Millis{5});
    EXPECT_TRUE(ids.insert(made->id).second);
    EXPECT_TRUE(ring(key(made->id)));
  }
}

TEST(KeyRing, ANextKeyWritesFromItsMomentOn) {
  const auto made = *ring(key("old", KeyState::read_only), key("now"),
                          key("soon", KeyState::next, kOther, kNow + Millis{10}),
                          key("later", KeyState::next, kOther, kNow + Millis{20}));
  EXPECT_EQ(made->writer(kNow).id, "now");
  EXPECT_EQ(made->writer(kNow + Millis{9}).id, "now");
  EXPECT_EQ(made->writer(kNow + Millis{10}).id, "soon");
  EXPECT_EQ(made->writer(kNow + Millis{20}).id, "later");
  EXPECT_EQ(made->writer(kNow + Millis{99}).id, "later");
}

TEST(KeyRing, R124EachPurposeAndEachKeyHasItsOwnBytes) {
  const auto made = *ring(key("a"), key("b", KeyState::read_only, kOther), key("c", KeyState::gone),
                          key("d", KeyState::gone));
  std::set<std::string> seen;
  for (const Key& one : made->keys()) {
    for (const char* purpose : {"signed", "sealed"}) {
      const SecretBytes derived = made->derive(one, purpose);
      EXPECT_EQ(derived.size(), 32U);
      EXPECT_TRUE(seen.insert(std::string(derived.insecure_view())).second) << one.id << purpose;
    }
  }
  const auto again = *ring(key("other-id"));
  EXPECT_TRUE(equal_ct(made->derive(made->keys()[0], "signed").bytes(),
                       again->derive(again->keys()[0], "signed").bytes()));
}

TEST(KeyRing, AGoneKeyKeepsItsIdAndLosesItsSecret) {
  const auto made = *ring(key("a"), key("b", KeyState::gone));
  ASSERT_NE(made->find("b"), nullptr);
  EXPECT_TRUE(made->find("b")->secret.empty());
  EXPECT_EQ(made->find("c"), nullptr);
}

TEST(KeyRing, SecretsInTextAreNewestFirstAndNamedAlikeEverywhere) {
  const std::string text = " " + std::string(kGood) + ",\n" + std::string(kOther) + " ";
  const std::vector<Key> keys = keys_from_text(text);
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].state, KeyState::primary);
  EXPECT_EQ(keys[0].secret.insecure_view(), kGood);
  EXPECT_EQ(keys[1].state, KeyState::read_only);
  EXPECT_EQ(keys[1].secret.insecure_view(), kOther);
  EXPECT_EQ(keys_from_text(kOther)[0].id, keys[1].id);
  EXPECT_TRUE(keys_from_text(" ,\n").empty());
}

TEST(KeyRing, TheEnvironmentIsReadFromTwoNames) {
  ::unsetenv("LATCHKEY_SECRET");
  ::unsetenv("SESSION_SECRET");
  const auto missing = keys_from_environment();
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::bad_config);
  EXPECT_NE(missing.error().detail.find("openssl rand -base64 32"), std::string::npos);
  ::setenv("SESSION_SECRET", std::string(kOther).c_str(), 1);
  EXPECT_EQ(keys_from_environment()->at(0).secret.insecure_view(), kOther);
  ::setenv("LATCHKEY_SECRET", std::string(kGood).c_str(), 1);
  EXPECT_EQ(keys_from_environment()->at(0).secret.insecure_view(), kGood);
  ::unsetenv("LATCHKEY_SECRET");
  ::unsetenv("SESSION_SECRET");
}

TEST(KeyRing, StatesHaveNames) {
  for (const KeyState state :
       {KeyState::next, KeyState::primary, KeyState::read_only, KeyState::gone}) {
    EXPECT_EQ(find_key_state(key_state_name(state)), state);
  }
  EXPECT_FALSE(find_key_state("read-only"));
}

TEST(SharedKeyRing, IsSwappedWholeWhileOthersRead) {
  SharedKeyRing shared(*ring(key("a")));
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    while (!stop) {
      const auto seen = shared.get();
      const std::string& id = seen->writer(kNow).id;
      EXPECT_EQ(seen->writer(kNow).secret.insecure_view(), id == "a" ? kGood : kOther);
    }
  });
  for (int i = 0; i < 500; ++i) {
    shared.set(i % 2 == 0 ? *ring(key("b", KeyState::primary, kOther)) : *ring(key("a")));
  }
  stop = true;
  reader.join();
  EXPECT_EQ(shared.get()->writer(kNow).id, "a");
}

}  // namespace
}  // namespace latchkey
