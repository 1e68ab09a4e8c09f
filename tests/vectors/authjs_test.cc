#include <gtest/gtest.h>

#include <cmath>

#include "codec/cookie/chunks.h"
#include "crypto/digest.h"
#include "latchkey/authjs.h"
#include "tests/support/vectors.h"

namespace latchkey::testing {
namespace {

std::vector<SecretBytes> secrets_of(const Json& form) {
  std::vector<SecretBytes> secrets;
  if (form.kind() == codec::JsonKind::string) {
    secrets.emplace_back(form.str());
  } else {
    for (const Json& secret : form.list()) secrets.emplace_back(secret.str());
  }
  return secrets;
}

AuthjsCookies cookies_of(const Json& test) {
  AuthjsOptions options;
  options.version = test["version"].num() == 4 ? AuthjsVersion::v4 : AuthjsVersion::v5;
  options.salt = test.str("salt");
  Result<AuthjsCookies> made = AuthjsCookies::make(secrets_of(test["secret"]), options);
  if (!made) throw std::runtime_error(made.error().detail);
  return *std::move(made);
}

UnixTime clock_of(const Json& test) {
  return from_unix_millis(std::llround(test["clock"].num() * 1000));
}

TEST(AuthjsVectors, CookiesOfBothVersionsHaveTheOutcomeOfThePeers) {
  const std::string file = read_vectors("jwt.json");
  int count = 0;
  for (const Json& test : Json::parse(file)["authjs"]["tokens"].cases()) {
    SCOPED_TRACE(test.str("id") + " " + test.str("note"));
    ++count;
    const JoseOutcome outcome = cookies_of(test).decode(test.str("token"), clock_of(test));
    const Json expected = test["expected"];
    if (const auto* error = std::get_if<JoseError>(&outcome)) {
      if (expected.str("outcome") == "null") continue;
      ASSERT_EQ(expected.str("outcome"), "error") << error->message;
      EXPECT_EQ(error->name, expected.str("class"));
      EXPECT_EQ(error->code, expected.has("code") ? expected.str("code") : "");
      EXPECT_EQ(error->message, expected.str("message"));
    } else {
      ASSERT_EQ(expected.str("outcome"), "ok");
      EXPECT_EQ(Json::parse(std::get<JoseToken>(outcome).payload).canonical(),
                expected["payload"].canonical());
    }
  }
  EXPECT_GE(count, 14);
}

TEST(AuthjsVectors, WhatIsWrittenHasTheHeaderOfThePeersAndReadsBack) {
  const std::string file = read_vectors("jwt.json");
  int count = 0;
  for (const Json& test : Json::parse(file)["authjs"]["tokens"].cases()) {
    if (test["expected"].str("outcome") != "ok" ||
        test.str("note").find("A256GCM") != std::string::npos) {
      continue;
    }
    SCOPED_TRACE(test.str("id"));
    ++count;
    const AuthjsCookies cookies = cookies_of(test);
    const std::string claims = test["expected"]["payload"].print();
    const auto token = cookies.encode(claims, std::chrono::hours{1}, clock_of(test));
    ASSERT_TRUE(token);
    const JoseOutcome outcome = cookies.decode(*token, clock_of(test));
    ASSERT_TRUE(std::holds_alternative<JoseToken>(outcome));
    const auto& opened = std::get<JoseToken>(outcome);
    const Json payload = Json::parse(opened.payload);
    EXPECT_EQ(payload["exp"].num(), test["clock"].num() + 3600);
    EXPECT_EQ(payload.str("jti").size(), 36U);
    // The secret that writes is the first; its key id is in the header of what it wrote.
    const Json header = Json::parse(opened.protected_header);
    if (test["secret"].kind() == codec::JsonKind::string) {
      EXPECT_EQ(header.canonical(), test["header"].canonical());
    }
  }
  EXPECT_GE(count, 1);
}

TEST(AuthjsVectors, ChunksAreReadSafely) {
  const std::string file = read_vectors("jwt.json");
  // The peers join whatever starts with the name; a whole cookie stands alone here.
  const std::map<std::string, std::string> differently = {
      {"whole cookie and chunk together", "whole"}};
  for (const Json& test : Json::parse(file)["authjs"]["chunkReads"].cases()) {
    const std::string note = test.str("note");
    SCOPED_TRACE(note);
    std::string line;
    for (const auto& [name, value] : test["cookies"].items()) {
      line += (line.empty() ? "" : "; ") + name + '=' + value.str();
    }
    const std::string_view lines[] = {line};
    const auto it = differently.find(note);
    EXPECT_EQ(codec::read_chunked(lines, "authjs.session-token"),
              it != differently.end() ? it->second : test.str("v5"));
  }
}

TEST(AuthjsVectors, ChunksAreWrittenAsThePeersDo) {
  const std::string file = read_vectors("jwt.json");
  const Json authjs = Json::parse(file)["authjs"];
  for (const Json& test : authjs["chunkWrites"].cases()) {
    const std::string value(static_cast<std::size_t>(test["tokenLength"].num()), 'x');
    for (const bool v5 : {true, false}) {
      const auto written =
          codec::write_chunked(v5 ? "authjs.session-token" : "next-auth.session-token", value,
                               v5 ? codec::kAuthjs5Chunk : codec::kNextAuth4Chunk);
      const std::vector<Json> expected = test[v5 ? "v5" : "v4"].list();
      ASSERT_TRUE(written);
      ASSERT_EQ(written->size(), expected.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ((*written)[i].first, expected[i].str("name"));
        EXPECT_EQ(static_cast<double>((*written)[i].second.size()), expected[i]["length"].num());
      }
    }
  }
  const std::string_view lines[] = {
      "authjs.session-token.0=a; authjs.session-token.1=b; authjs.session-token.2=c"};
  const auto stale =
      codec::stale_chunks(lines, "authjs.session-token",
                          std::vector<codec::NamedValue>{{"authjs.session-token", "small"}});
  for (const Json& gone : authjs["shrinkFromThreeChunks"].cases()) {
    EXPECT_EQ(std::count(stale.begin(), stale.end(), gone.str("name")), 1);
  }
  EXPECT_EQ(stale.size(), 3U);
}

}  // namespace
}  // namespace latchkey::testing
