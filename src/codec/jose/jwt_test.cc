#include "latchkey/codec/jwt.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/base64url.h"
#include "codec/jose/jws.h"
#include "crypto/digest.h"
#include "tests/support/refusal.h"

namespace latchkey {
namespace {

constexpr UnixTime kSignedAt = from_unix_millis(1'763'683'200'000);
const std::string kSecret = "a-32-byte-secret-for-HS256-tests";

JwtKey key_of(JwtAlgorithm algorithm, std::string id = {}, char fill = 'k') {
  const bool wide =
      algorithm == JwtAlgorithm::hs512 || algorithm == JwtAlgorithm::dir_a256cbc_hs512;
  const std::size_t size = wide ? 64 : algorithm == JwtAlgorithm::hs384 ? 48 : 32;
  return {algorithm, SecretBytes{std::string(size, fill)}, std::move(id)};
}

template <class... Keys>
JwtCodec codec_of(const JwtRules& rules, Keys... keys) {
  std::vector<JwtKey> ring;
  (ring.push_back(std::move(keys)), ...);
  Result<JwtCodec> made = JwtCodec::make(std::move(ring), rules);
  EXPECT_TRUE(made) << made.error().detail;
  return *std::move(made);
}

JwtCodec plain_codec(const JwtRules& rules = {}) {
  return codec_of(rules, JwtKey{JwtAlgorithm::hs256, SecretBytes{kSecret}});
}

std::string b64(std::string_view text) { return base64url_encode(crypto::as_bytes(text)); }

// forge signs any header and payload with the right key.
std::string forge(std::string_view header, std::string_view payload) {
  std::string token = b64(header) + '.' + b64(payload);
  codec::append_jws_mac(token, crypto::HmacKey{crypto::Hash::sha256, crypto::as_bytes(kSecret)});
  return token;
}

std::string with_payload(std::string_view payload) { return forge(R"({"alg":"HS256"})", payload); }
std::string with_header(std::string_view header) { return forge(header, R"({"exp":1763683300})"); }

JwtReason reason_of(std::string_view token, const JwtRules& rules = {}, UnixTime now = kSignedAt) {
  const JwtVerdict verdict = plain_codec(rules).verify(token, now);
  EXPECT_FALSE(verdict) << token;
  return verdict.reason();
}

bool accepted(std::string_view token, const JwtRules& rules = {}, UnixTime now = kSignedAt) {
  const JwtVerdict verdict = plain_codec(rules).verify(token, now);
  return static_cast<bool>(verdict);
}

TEST(Jwt, WhatIsIssuedVerifiesWithEveryAlgorithm) {
  for (const JwtAlgorithm algorithm :
       {JwtAlgorithm::hs256, JwtAlgorithm::hs384, JwtAlgorithm::hs512, JwtAlgorithm::dir_a256gcm,
        JwtAlgorithm::dir_a256cbc_hs512}) {
    const JwtCodec tokens = codec_of({}, key_of(algorithm, "k1"));
    const auto token =
        tokens.issue(R"({"sub":"u1"})", kSignedAt + std::chrono::hours{1}, kSignedAt);
    ASSERT_TRUE(token);
    const JwtVerdict verdict = tokens.verify(*token, kSignedAt);
    ASSERT_TRUE(verdict) << jwt_reason_name(verdict.reason());
    EXPECT_EQ(verdict->claims(), R"({"sub":"u1","iat":1763683200,"exp":1763686800})");
    EXPECT_EQ(verdict->text_claim("sub"), "u1");
    EXPECT_EQ(verdict->claim("iat"), "1763683200");
    EXPECT_EQ(verdict->claim("aud"), std::nullopt);
    EXPECT_EQ(verdict->expires_at(), kSignedAt + std::chrono::hours{1});
    EXPECT_EQ(verdict->issued_at(), kSignedAt);
    EXPECT_TRUE(verdict->by_primary());
  }
}

TEST(Jwt, R99TheAlgorithmBelongsToTheKey) {
  for (const char* header :
       {R"({"alg":"HS384"})", R"({"alg":"RS256"})", R"({"alg":"none"})", R"({"alg":"None"})",
        R"({"alg":"nOnE"})", R"({"alg":"HS256 "})", R"({"alg":"hs256"})", R"({"alg":256})",
        R"({"alg":["HS256"]})", R"({})", R"({"alg":null})"}) {
    EXPECT_EQ(reason_of(with_header(header)), JwtReason::wrong_algorithm) << header;
  }
}

TEST(Jwt, R100WeakKeysAreRefusedAtConstruction) {
  const auto refused = [](JwtKey key) {
    std::vector<JwtKey> ring;
    ring.push_back(std::move(key));
    const auto made = JwtCodec::make(std::move(ring));
    return !made && made.error().code == Errc::bad_config;
  };
  EXPECT_TRUE(refused({JwtAlgorithm::hs256, SecretBytes{std::string(31, 'k')}}));
  EXPECT_FALSE(refused({JwtAlgorithm::hs256, SecretBytes{std::string(33, 'k')}}));
  EXPECT_TRUE(refused({JwtAlgorithm::hs384, SecretBytes{std::string(47, 'k')}}));
  EXPECT_TRUE(refused({JwtAlgorithm::hs512, SecretBytes{std::string(63, 'k')}}));
  EXPECT_TRUE(refused({JwtAlgorithm::dir_a256gcm, SecretBytes{std::string(33, 'k')}}));
  EXPECT_TRUE(refused({JwtAlgorithm::dir_a256cbc_hs512, SecretBytes{std::string(32, 'k')}}));
  EXPECT_TRUE(refused({JwtAlgorithm::hs256, SecretBytes{}}));
  EXPECT_FALSE(JwtCodec::make({}));
}

TEST(Jwt, R101OnlyTheCompactCanonicalFormIsRead) {
  const std::string good = with_payload(R"({"exp":1763683300})");
  ASSERT_TRUE(accepted(good));
  for (const std::string& bad :
       {good + ".", good + ".x", good.substr(0, good.rfind('.')), std::string{}, std::string{"."},
        std::string{".."}, good + "=", good + "\n", " " + good, good + " ", "%2e" + good,
        std::string{R"({"payload":"x"})"}, std::string(good).replace(5, 1, "+")}) {
    EXPECT_FALSE(accepted(bad)) << bad;
  }
  // The last character of 32 bytes has two unused bits.
  std::string other = good;
  const std::size_t at = kBase64urlAlphabet.find(other.back());
  other.back() = kBase64urlAlphabet[at + 1];
  EXPECT_EQ(reason_of(other), JwtReason::bad_signature);
}

TEST(Jwt, R102SignedAndEncryptedTokensAreNeverTakenForEachOther) {
  const JwtCodec signing = codec_of({}, key_of(JwtAlgorithm::hs256));
  const JwtCodec encrypting = codec_of({}, key_of(JwtAlgorithm::dir_a256gcm));
  const auto expiry = kSignedAt + std::chrono::hours{1};
  EXPECT_FALSE(signing.verify(*encrypting.issue("{}", expiry, kSignedAt), kSignedAt));
  EXPECT_FALSE(encrypting.verify(*signing.issue("{}", expiry, kSignedAt), kSignedAt));
  std::vector<JwtKey> mixed;
  mixed.push_back(key_of(JwtAlgorithm::hs256));
  mixed.push_back(key_of(JwtAlgorithm::dir_a256gcm));
  EXPECT_FALSE(JwtCodec::make(std::move(mixed)));
}

TEST(Jwt, R103CritAndRepeatedNamesAreRefused) {
  EXPECT_EQ(reason_of(with_header(R"({"alg":"HS256","crit":["exp"],"exp":1})")),
            JwtReason::unsupported);
  EXPECT_EQ(reason_of(with_header(R"({"alg":"HS256","crit":[]})")), JwtReason::unsupported);
  EXPECT_EQ(reason_of(with_header(R"({"alg":"HS256","b64":true})")), JwtReason::unsupported);
  EXPECT_EQ(reason_of(with_header(R"({"alg":"HS256","zip":"DEF"})")), JwtReason::unsupported);
  EXPECT_EQ(reason_of(with_header(R"({"alg":"none","alg":"HS256"})")), JwtReason::malformed);
  EXPECT_EQ(reason_of(with_payload(R"({"exp":1763683300,"exp":1763683400})")),
            JwtReason::bad_claims);
  EXPECT_EQ(reason_of(with_payload(R"({"exp":1763683300,"\u0065xp":1763683400})")),
            JwtReason::bad_claims);
}

TEST(Jwt, R104AKeyIdOnlyLooksUpAKey) {
  EXPECT_EQ(reason_of(with_header(R"({"alg":"HS256","kid":"../../x"})")), JwtReason::unknown_key);
  EXPECT_EQ(reason_of(with_header(R"({"alg":"HS256","kid":7})")), JwtReason::malformed);
  EXPECT_TRUE(accepted(with_header(
      R"({"alg":"HS256","jku":"https://x.example/","jwk":{"kty":"oct","k":"eA"},"x5u":"y"})")));
}

TEST(Jwt, R105TheExpiryIsRequiredAndASensibleNumber) {
  EXPECT_EQ(reason_of(with_payload("{}")), JwtReason::missing_expiry);
  EXPECT_TRUE(accepted(with_payload("{}"), {.allow_missing_expiry = true}));
  for (const char* bad : {R"("9999999999")", "1e400", "-1", "null", "true", "9223372036854775808",
                          "253402300800", "[1]", "-1e400"}) {
    EXPECT_EQ(reason_of(with_payload(std::string{R"({"exp":)"} + bad + "}")), JwtReason::bad_claims)
        << bad;
  }
  EXPECT_EQ(reason_of(with_payload(R"({"exp":NaN})")), JwtReason::bad_claims);
  EXPECT_EQ(reason_of(with_payload(R"({"exp":1763683300,"nbf":"x"})")), JwtReason::bad_claims);
  EXPECT_EQ(reason_of(with_payload(R"({"exp":1763683300,"iat":{}})")), JwtReason::bad_claims);
}

TEST(Jwt, TheDeadlineReachedIsTheDeadlinePassed) {
  const std::string token = with_payload(R"({"exp":1763683200})");
  EXPECT_TRUE(accepted(token, {}, kSignedAt - Millis{1}));
  EXPECT_EQ(reason_of(token), JwtReason::expired);
  const JwtRules tolerant{.clock_tolerance = std::chrono::seconds{60}};
  EXPECT_TRUE(accepted(token, tolerant, kSignedAt + Millis{59'999}));
  EXPECT_EQ(reason_of(token, tolerant, kSignedAt + Millis{60'000}), JwtReason::expired);
  EXPECT_TRUE(accepted(with_payload(R"({"exp":1763683200.5})")));
  std::vector<JwtKey> ring;
  ring.push_back(key_of(JwtAlgorithm::hs256));
  EXPECT_FALSE(JwtCodec::make(std::move(ring), {.clock_tolerance = std::chrono::seconds{61}}));
}

TEST(Jwt, NotBeforeAndIssuedAtAreChecked) {
  EXPECT_TRUE(accepted(with_payload(R"({"exp":1763683300,"nbf":1763683200})")));
  EXPECT_EQ(reason_of(with_payload(R"({"exp":1763683300,"nbf":1763683201})")),
            JwtReason::not_yet_valid);
  EXPECT_TRUE(accepted(with_payload(R"({"exp":1763683300,"iat":1763683260})")));
  EXPECT_EQ(reason_of(with_payload(R"({"exp":1763683300,"iat":1763683261})")),
            JwtReason::issued_in_future);
  const JwtRules young{.max_age = std::chrono::seconds{60}};
  EXPECT_TRUE(accepted(with_payload(R"({"exp":1763683300,"iat":1763683140})"), young));
  EXPECT_EQ(reason_of(with_payload(R"({"exp":1763683300,"iat":1763683139})"), young),
            JwtReason::too_old);
  EXPECT_EQ(reason_of(with_payload(R"({"exp":1763683300})"), young), JwtReason::bad_claims);
}

TEST(Jwt, R106IssuerAudienceAndTypeAreWrittenAndDemanded) {
  const JwtRules rules{.issuer = "us", .audience = "app", .type = "sess+jwt"};
  const JwtCodec tokens = plain_codec(rules);
  const auto token = tokens.issue("{}", kSignedAt + std::chrono::hours{1}, kSignedAt);
  ASSERT_TRUE(token);
  EXPECT_TRUE(tokens.verify(*token, kSignedAt));
  const std::string claims = R"({"exp":1763683300,"iss":"us","aud":["x","app"]})";
  EXPECT_TRUE(accepted(forge(R"({"alg":"HS256","typ":"application/SESS+JWT"})", claims), rules));
  EXPECT_EQ(reason_of(forge(R"({"alg":"HS256","typ":"reset+jwt"})", claims), rules),
            JwtReason::wrong_type);
  EXPECT_EQ(reason_of(forge(R"({"alg":"HS256"})", claims), rules), JwtReason::wrong_type);
  EXPECT_EQ(reason_of(with_payload(R"({"exp":1763683300,"iss":"them"})"), {.issuer = "us"}),
            JwtReason::wrong_issuer);
  EXPECT_EQ(reason_of(with_payload(R"({"exp":1763683300})"), {.issuer = "us"}),
            JwtReason::wrong_issuer);
  EXPECT_EQ(reason_of(with_payload(R"({"exp":1763683300,"aud":["x"]})"), {.audience = "app"}),
            JwtReason::wrong_audience);
  EXPECT_EQ(reason_of(with_payload(R"({"exp":1763683300,"aud":7})"), {.audience = "app"}),
            JwtReason::wrong_audience);
}

TEST(Jwt, R107ABadMacIsFoundBeforeTheClaimsAreRead) {
  std::string token = with_payload("this is not JSON");
  EXPECT_EQ(reason_of(token), JwtReason::bad_claims);
  token[token.rfind('.') + 1] ^= 1;
  EXPECT_EQ(reason_of(token), JwtReason::bad_signature);
}

TEST(Jwt, R108SizeAndDepthHaveLimits) {
  const auto nested = [](int depth) {
    return R"({"exp":1763683300,"a":)" + std::string(static_cast<std::size_t>(depth), '[') +
           std::string(static_cast<std::size_t>(depth), ']') + '}';
  };
  EXPECT_TRUE(accepted(with_payload(nested(15))));
  EXPECT_EQ(reason_of(with_payload(nested(16))), JwtReason::bad_claims);
  const std::string large = R"({"exp":1763683300,"a":")" + std::string(4096, 'x') + "\"}";
  EXPECT_EQ(reason_of(with_payload(large)), JwtReason::too_long);
  EXPECT_TRUE(accepted(with_payload(large), {.max_bytes = 8192}));
  const auto issued = plain_codec().issue(R"({"a":")" + std::string(4096, 'x') + "\"}",
                                          kSignedAt + Millis{1000}, kSignedAt);
  ASSERT_FALSE(issued);
  EXPECT_EQ(issued.error().code, Errc::too_large);
}

TEST(Jwt, R108ATokenOfExactlyTheLimitIsWrittenAndRead) {
  const auto expiry = kSignedAt + std::chrono::hours{1};
  const std::string token = *plain_codec().issue("{}", expiry, kSignedAt);
  const JwtCodec exact = plain_codec({.max_bytes = token.size()});
  ASSERT_TRUE(exact.issue("{}", expiry, kSignedAt));
  EXPECT_TRUE(exact.verify(token, kSignedAt));
  const JwtCodec less = plain_codec({.max_bytes = token.size() - 1});
  EXPECT_FALSE(less.issue("{}", expiry, kSignedAt));
  EXPECT_EQ(testing::refusal(less.verify(token, kSignedAt)), JwtReason::too_long);
}

TEST(Jwt, R110ReadOnlyKeysVerifyAndRemovedOnesEndTheirTokens) {
  const auto expiry = kSignedAt + std::chrono::hours{1};
  const JwtCodec before = codec_of({}, key_of(JwtAlgorithm::hs256, "old", 'o'));
  const JwtCodec during = codec_of({}, key_of(JwtAlgorithm::hs256, "new", 'n'),
                                   key_of(JwtAlgorithm::hs256, "old", 'o'));
  const JwtCodec after = codec_of({}, key_of(JwtAlgorithm::hs256, "new", 'n'));
  const std::string token = *before.issue("{}", expiry, kSignedAt);
  const JwtVerdict verdict = during.verify(token, kSignedAt);
  ASSERT_TRUE(verdict);
  EXPECT_FALSE(verdict->by_primary());
  EXPECT_EQ(testing::refusal(after.verify(token, kSignedAt)), JwtReason::unknown_key);
  const JwtVerdict fresh = during.verify(*during.issue("{}", expiry, kSignedAt), kSignedAt);
  ASSERT_TRUE(fresh);
  EXPECT_TRUE(fresh->by_primary());
}

TEST(Jwt, KeysWithoutIdsAreTriedInTurn) {
  const auto expiry = kSignedAt + std::chrono::hours{1};
  const JwtCodec old = codec_of({}, key_of(JwtAlgorithm::hs256, "", 'o'));
  const JwtCodec both =
      codec_of({}, key_of(JwtAlgorithm::hs256, "", 'n'), key_of(JwtAlgorithm::hs256, "", 'o'));
  const JwtVerdict verdict = both.verify(*old.issue("{}", expiry, kSignedAt), kSignedAt);
  ASSERT_TRUE(verdict);
  EXPECT_FALSE(verdict->by_primary());
}

TEST(Jwt, NamedKeysAreUniqueAndTwoAlgorithmsMayStandTogether) {
  std::vector<JwtKey> twice;
  twice.push_back(key_of(JwtAlgorithm::hs256, "k"));
  twice.push_back(key_of(JwtAlgorithm::hs512, "k"));
  EXPECT_FALSE(JwtCodec::make(std::move(twice)));
  const JwtCodec both =
      codec_of({}, key_of(JwtAlgorithm::hs512, "b"), key_of(JwtAlgorithm::hs256, "a"));
  const JwtCodec one = codec_of({}, key_of(JwtAlgorithm::hs256, "a"));
  EXPECT_TRUE(both.verify(*one.issue("{}", kSignedAt + Millis{5000}, kSignedAt), kSignedAt));
}

TEST(Jwt, ClaimsThatWouldBeRefusedAreNotIssued) {
  const JwtCodec tokens = plain_codec();
  const auto expiry = kSignedAt + std::chrono::hours{1};
  for (const char* bad : {"[]", "", "{", R"({"iat":1})", R"({"exp":1})", R"({"iss":"x"})",
                          R"({"aud":"x"})", R"({"a":1,"a":2})", R"({"nbf":"u1"})", R"({"nbf":-1})",
                          "{\"a\":\"\xff\"}", "\xef\xbb\xbf{}"}) {
    const auto token = tokens.issue(bad, expiry, kSignedAt);
    ASSERT_FALSE(token) << bad;
    EXPECT_EQ(token.error().code, Errc::invalid_argument);
  }
  EXPECT_FALSE(tokens.issue("{}", std::nullopt, kSignedAt));
  EXPECT_FALSE(tokens.issue("{}", kSignedAt, kSignedAt));
  EXPECT_FALSE(tokens.issue("{}", kSignedAt, from_unix_millis(-1)));
  EXPECT_FALSE(tokens.issue("{}", kNever + Millis{1}, kSignedAt));
  EXPECT_TRUE(tokens.issue(R"({"nbf":1763690000})", expiry, kSignedAt));
  EXPECT_TRUE(plain_codec({.allow_missing_expiry = true}).issue("{}", std::nullopt, kSignedAt));
}

TEST(Jwt, ClaimsWithAByteOrderMarkOrBrokenTextAreRefused) {
  EXPECT_EQ(reason_of(with_payload("\xef\xbb\xbf{\"exp\":1763683300}")), JwtReason::bad_claims);
  EXPECT_EQ(reason_of(with_payload("{\"exp\":1763683300,\"a\":\"\xff\"}")), JwtReason::bad_claims);
  EXPECT_EQ(reason_of(with_payload("[]")), JwtReason::bad_claims);
  EXPECT_EQ(reason_of(with_header("\xef\xbb\xbf{\"alg\":\"HS256\"}")), JwtReason::malformed);
}

// A full run flips every bit of every one.
bool is_full() { return std::getenv("LATCHKEY_FULL") != nullptr; }

TEST(Jwt, OneFlippedBitOfAThousandTokensIsRefusedWithOneOutcome) {
  for (const JwtAlgorithm algorithm :
       {JwtAlgorithm::hs256, JwtAlgorithm::dir_a256gcm, JwtAlgorithm::dir_a256cbc_hs512}) {
    const JwtCodec tokens = codec_of({}, key_of(algorithm, "k1"));
    for (std::size_t n = 0; n < 1000; ++n) {
      const std::string claims = "{\"sub\":\"u" + std::to_string(n) + "\"}";
      const std::string token = *tokens.issue(claims, kSignedAt + Millis{9000}, kSignedAt);
      const std::size_t bits = token.size() * 8;
      const bool every = n < 2 || is_full();
      for (std::size_t i = 0; i < (every ? bits : 8); ++i) {
        const std::size_t bit = every ? i : (n * 7919 + i * 104729) % bits;
        std::string bad = token;
        bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
        ASSERT_FALSE(tokens.verify(bad, kSignedAt)) << bad;
      }
    }
  }
}

}  // namespace
}  // namespace latchkey
