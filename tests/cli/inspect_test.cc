#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "crypto/digest.h"
#include "latchkey/codec/native_seal.h"
#include "latchkey/sessions.h"
#include "server/files/data_directory.h"
#include "tests/cli/run.h"
#include "tests/support/temp_directory.h"
#include "tests/support/vectors.h"

namespace latchkey::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kPassword = "a_password_of_more_than_32_characters";
const std::vector<std::pair<std::string, std::string>> kEnvironment = {{"LATCHKEY_KEY", kPassword}};

std::string sealed(const std::string& json, const std::vector<std::string>& more = {}) {
  std::vector<std::string> args = {"seal", "--iron-session", "--now", "1763683200", json};
  args.insert(args.end(), more.begin(), more.end());
  std::string out = run(args, "", kEnvironment).out;
  if (!out.empty()) out.pop_back();
  return out;
}

TEST(InspectProgram, TellsKeyAndExpiryOfASealWithoutItsPassword) {
  const Ran ran = run({"inspect", "--now", "1763683200"}, sealed(R"({"user":"zoe"})"));
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.out, ContainsRegex("kind +Fe26.2 seal in a cookie of iron-session\n"));
  EXPECT_THAT(ran.out, ContainsRegex("key +password id 1\n"));
  EXPECT_THAT(ran.out, HasSubstr("2025-12-05T00:00:00.000Z (in 14 days)"));
  EXPECT_THAT(ran.out, HasSubstr("not checked: no password was given"));
}

TEST(InspectProgram, ShowsSealedContentOnlyWhenAsked) {
  const std::string seal = sealed(R"({"user":"zoe"})");
  const Ran quiet = run({"inspect", "--now", "1763683200"}, seal, kEnvironment);
  EXPECT_EQ(quiet.code, 0);
  EXPECT_THAT(quiet.out,
              AllOf(HasSubstr("accepted, the password opens it"), Not(HasSubstr("zoe"))));
  const Ran shown = run({"inspect", "--show", "--now", "1763683200"}, seal, kEnvironment);
  EXPECT_THAT(shown.out, HasSubstr(R"({"user":"zoe"})"));
  for (const Ran& ran : {quiet, shown}) {
    EXPECT_THAT(ran.out + ran.err, Not(HasSubstr(kPassword)));
    EXPECT_THAT(ran.out, Not(HasSubstr(seal.substr(20, 40))));
  }
}

TEST(InspectProgram, SaysWhyASealIsRefused) {
  const std::string seal = sealed("{}", {"--ttl", "1m"});
  const auto verdict = [&](const std::string& value, const std::string& now = "1763683200") {
    const Ran ran = run({"inspect", "--now", now, value}, "", kEnvironment);
    EXPECT_EQ(ran.code, 1);
    return lines(ran.out).back();
  };
  EXPECT_THAT(verdict(seal, "1763683320"), HasSubstr("refused: expired"));
  EXPECT_THAT(verdict("Fe26.1" + seal.substr(6)), HasSubstr("refused: wrong_prefix"));
  EXPECT_THAT(verdict(seal.substr(0, 100)), HasSubstr("refused: wrong_parts"));
  std::string forged = seal;
  forged[150] = forged[150] == 'A' ? 'B' : 'A';
  EXPECT_THAT(verdict(forged), HasSubstr("refused: bad_mac"));
  EXPECT_THAT(verdict("what is this"), HasSubstr("refused: malformed"));
}

TEST(InspectProgram, TellsSignedTokensAndNamesTheirClaims) {
  const Ran token = run({"jwt", "sign", "--kid", "k7", "--now", "1763683200", R"({"role":"zoe"})"},
                        "", kEnvironment);
  const Ran ran = run({"inspect", "--now", "1763683201"}, "session=" + token.out, kEnvironment);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, ContainsRegex("cookie +session\n"));
  EXPECT_THAT(ran.out, ContainsRegex("kind +signed token \\(JWS\\)\n"));
  EXPECT_THAT(ran.out, ContainsRegex("key +key id k7\n"));
  EXPECT_THAT(ran.out, ContainsRegex("issued +2025-11-21T00:00:00.000Z \\(1 second ago\\)\n"));
  EXPECT_THAT(ran.out, ContainsRegex("claims +role, iat, exp\n"));
  EXPECT_THAT(ran.out, Not(HasSubstr("zoe")));
  const Ran late = run({"inspect", "--now", "1764288000"}, token.out, kEnvironment);
  EXPECT_EQ(late.code, 1);
  EXPECT_THAT(late.out, HasSubstr("refused: expired"));
  const Ran wrong = run({"inspect", "--now", "1763683201"}, token.out,
                        {{"LATCHKEY_KEY", "b_password_of_more_than_32_characters"}});
  EXPECT_THAT(wrong.out, HasSubstr("refused: bad_signature"));
}

TEST(InspectProgram, RefusesAnExpiredTokenWithoutAKeyAsItDoesASeal) {
  const Ran token = run({"jwt", "sign", "--now", "1763683200", "{}"}, "", kEnvironment);
  const Ran early = run({"inspect", "--now", "1764287999"}, token.out);
  EXPECT_EQ(early.code, 0);
  EXPECT_THAT(early.out, HasSubstr("not checked: no key was given"));
  const Ran late = run({"inspect", "--now", "1764288000"}, token.out);
  EXPECT_EQ(late.code, 1);
  EXPECT_THAT(late.out, HasSubstr("refused: expired\n"));
}

TEST(InspectProgram, RecognisesAndOpensCookiesOfAuthjs) {
  const std::string file = read_vectors("jwt.json");
  int opened = 0;
  for (const Json& test : Json::parse(file)["authjs"]["tokens"].cases()) {
    if (test["expected"].str("outcome") != "ok" || test["header"].is("null") ||
        test["secret"].kind() != codec::JsonKind::string ||
        test.str("salt").find("state") != std::string::npos) {
      continue;
    }
    SCOPED_TRACE(test.str("id") + " " + test.str("note"));
    ++opened;
    const bool five = test["version"].num() == 5 && test["header"].has("kid");
    const Ran ran = run({"inspect", "--now", std::string{test["clock"].text()}}, test.str("token"),
                        {{"LATCHKEY_KEY", test.str("secret")}});
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(ran.out.find("by its form a cookie of Auth.js 5") != std::string::npos, five);
    EXPECT_THAT(ran.out, ContainsRegex("accepted, as a (session )?cookie .*of Auth.js"));
    EXPECT_THAT(ran.out, ContainsRegex("expires +20"));
    const Ran wrong = run({"inspect", "--now", std::string{test["clock"].text()}},
                          test.str("token"), kEnvironment);
    EXPECT_THAT(wrong.out, HasSubstr("refused: it does not open"));
  }
  EXPECT_GE(opened, 3);
}

TEST(InspectProgram, PutsChunksTogetherAndSaysWhenSomeAreMissing) {
  const std::string seal = sealed("{}");
  const std::string half = seal.substr(0, 100), rest = seal.substr(100);
  const Ran both = run({"inspect"}, "Cookie: x=1; sid.1=" + rest + "; sid.0=" + half);
  EXPECT_THAT(both.out, AllOf(HasSubstr("Fe26.2 seal"), HasSubstr("in 2 cookies")));
  const Ran one = run({"inspect"}, "sid.1=" + rest);
  EXPECT_EQ(one.code, 1);
  EXPECT_THAT(one.out, HasSubstr("refused: chunks are missing"));
  // Even where the chunks before the gap would do.
  const Ran gap = run({"inspect"}, "sid.0=" + seal + "; sid.2=x");
  EXPECT_EQ(gap.code, 1);
  EXPECT_THAT(gap.out, HasSubstr("refused: chunks are missing"));
}

TEST(InspectProgram, RecognisesIdsOfLucia) {
  const Ran ran = run({"inspect", "auth_session=2sfkqmh3p4aq7v3hwyzt5c6dn2xbe7r4gjk5mpq3"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.out, HasSubstr("session id of Lucia"));
  EXPECT_THAT(ran.out, Not(HasSubstr("2sfkqmh3")));
}

TEST(InspectProgram, WithNothingToInspectTheCommandLineIsWrong) {
  EXPECT_EQ(run({"inspect"}).code, 2);
  EXPECT_EQ(run({"inspect", "--data", "/nowhere/at/all"}, "x").code, 2);
}

// A data directory with one session of "zoe".
class InspectDirectory : public ::testing::Test {
 protected:
  InspectDirectory() {
    auto opened = server::open_data(data(), {}, {}, system_entropy());
    data_ = *std::move(opened);
    auto sessions = Sessions::open(*data_.store, {});
    sessions_ = *std::move(sessions);
    auto made = sessions_->create(*UserId::parse("zoe"), {.attributes = R"({"cart":7})"});
    id_ = made->record.id;
    token_ = made->token.reveal();
  }
  std::string data() const { return directory_.path() + "/data"; }
  Ran inspect(const std::string& value) const { return run({"inspect", "--data", data()}, value); }

  TempDirectory directory_;
  server::OpenedData data_;
  std::unique_ptr<Sessions> sessions_;
  SessionId id_;
  std::string token_;
};

TEST_F(InspectDirectory, LooksAStoredSessionUpWithoutTellingItsSecret) {
  const Ran ran = inspect("__Host-session=" + token_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, ContainsRegex("kind +token of latchkey"));
  EXPECT_THAT(ran.out, HasSubstr(std::string{id_.text()}));
  EXPECT_THAT(ran.out, ContainsRegex("user +zoe\n"));
  EXPECT_THAT(ran.out, HasSubstr("accepted, the session is alive"));
  EXPECT_THAT(ran.out, Not(HasSubstr("cart")));
  EXPECT_THAT(ran.out, Not(HasSubstr(token_.substr(27, 8))));
}

TEST_F(InspectDirectory, SaysWhyATokenIsRefused) {
  std::string wrong = token_;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  EXPECT_THAT(inspect(wrong).out, HasSubstr("the secret is not its own"));
  ASSERT_TRUE(sessions_->revoke(id_));
  const Ran ended = inspect(token_);
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.out, AllOf(HasSubstr("refused: revoked: logout"), ContainsRegex("ended +20")));
  wrong = "lk1_" + std::string(47, 'A');
  EXPECT_THAT(inspect(wrong).out, HasSubstr("refused: no such session"));
}

TEST_F(InspectDirectory, OpensNativeSealsWithTheKeysOfTheDirectory) {
  const Key& key = data_.keys.keys.front();
  std::vector<NativeSealKey> keys;
  keys.push_back({key.id, SecretBytes{key.secret.bytes()}});
  const auto sealer =
      NativeSealer::make(std::move(keys), {.cookie_name = "sid", .purpose = "session id"});
  const std::string seal = *sealer->seal(token_);
  const Ran ran = inspect("sid=" + seal);
  EXPECT_EQ(ran.code, 0) << ran.out;
  EXPECT_THAT(ran.out, ContainsRegex("key +key id " + key.id + "\n"));
  EXPECT_THAT(ran.out, HasSubstr("accepted, the session is alive"));
  EXPECT_THAT(inspect("other=" + seal).out, HasSubstr("refused: forged"));
  EXPECT_THAT(run({"inspect"}, "sid=" + seal).out, HasSubstr("not checked: no key was given"));
}

}  // namespace
}  // namespace latchkey::testing
