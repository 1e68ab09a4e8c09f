#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/utf8.h"
#include "tests/cli/run.h"
#include "tests/support/vectors.h"

// Every reference vector through the program itself, in the line format of docs/cli.md.
namespace latchkey::testing {
namespace {

const std::set<std::string> kStricterSeals = {"S134", "S135", "S149", "S169", "S170"};
const std::set<std::string> kStricterTokens = {"J117", "J126", "J127", "J128",
                                               "J129", "J132", "J133"};

std::string in_quotes(std::string_view text) {
  std::string out;
  codec::append_quoted(out, text);
  return out;
}

// compact puts a value on one line.
std::string compact(const Json& value) {
  std::string out;
  codec::append_compact(out, value.text());
  return out;
}

// name_of is the word for what a peer says; empty where peers reach what is no password.
std::string name_of(const std::string& message) {
  const std::pair<std::string_view, std::string_view> known[] = {
      {"Incorrect number", "wrong_parts"},
      {"Wrong mac prefix", "wrong_prefix"},
      {"Invalid expiration", "invalid_expiration"},
      {"Expired seal", "expired"},
      {"Cannot find password", "unknown_password"},
      {"Empty password", "empty_password"},
      {"Password string too short", "password_too_short"},
      {"Key buffer", "key_too_small"},
      {"Bad hmac value", "bad_mac"},
      {"Invalid character", "invalid_character"},
      {"The operation failed", "bad_decrypt"},
      {"Failed parsing", "bad_json"},
  };
  for (const auto& [start, name] : known) {
    if (message.starts_with(start)) return std::string{name};
  }
  return message;
}

std::vector<Json> parse_all(const std::vector<std::string>& answers) {
  std::vector<Json> all;
  for (const std::string& answer : answers) all.push_back(Json::parse(answer));
  return all;
}

std::string unseal_request(const Json& test) {
  std::string line =
      "{\"id\":" + in_quotes(test.str("id")) + ",\"seal\":" + in_quotes(test.str("seal"));
  line += ",\"password\":" + compact(test["password"]);
  line += ",\"now_ms\":" + std::to_string(std::llround(test["clock"].num() * 1000));
  if (test.has("options")) line += ",\"options\":" + compact(test["options"]);
  return line + "}\n";
}

void expect_unsealed(const Json& test, const Json& answer) {
  const Json expected = test["expected"];
  const bool session = test.str("layer") == "iron-session";
  const bool opens = expected.str("outcome") == "ok" && !expected.has("reason") &&
                     kStricterSeals.count(test.str("id")) == 0;
  ASSERT_EQ(answer["ok"].is("true"), opens) << answer.text();
  if (opens) {
    EXPECT_EQ(answer["value"].canonical(), expected["value"].canonical());
  } else if (session) {
    EXPECT_EQ(answer.has("value"), false);
  } else if (expected.has("error") && test.str("group") != "password-id-prototype") {
    EXPECT_EQ(answer.str("error"), name_of(expected.str("error")));
    EXPECT_FALSE(answer.str("message").empty());
  }
}

TEST(BatchProgram, UnsealAnswersEveryVectorAsThePeersDo) {
  const std::string file = read_vectors("sealed.json");
  const Json vectors = Json::parse(file);
  const std::vector<Json> tests = vectors["cases"].list();
  std::string input;
  for (const Json& test : tests) input += unseal_request(test);
  const Ran ran = run({"unseal", "--batch"}, input);
  EXPECT_EQ(ran.code, 0) << ran.err;
  const std::vector<std::string> texts = lines(ran.out);
  const std::vector<Json> answers = parse_all(texts);
  ASSERT_EQ(answers.size(), tests.size());
  ASSERT_GE(tests.size(), 150U);
  for (std::size_t i = 0; i < tests.size(); ++i) {
    SCOPED_TRACE(tests[i].str("id") + " " + tests[i].str("note"));
    EXPECT_EQ(answers[i].str("id"), tests[i].str("id"));
    expect_unsealed(tests[i], answers[i]);
  }
}

std::string jwt_request(const Json& test, const Json& keys) {
  std::string line =
      "{\"id\":" + in_quotes(test.str("id")) + ",\"token\":" + in_quotes(test.str("token"));
  line += ",\"key_b64u\":" + in_quotes(keys.str(test.str("key")));
  line += ",\"options\":" + compact(test["options"]);
  line.append(",\"now\":").append(test["clock"].text());
  return line + "}\n";
}

void expect_judged(const Json& test, const Json& answer) {
  const Json expected = test["expected"];
  if (kStricterTokens.count(test.str("id")) == 1) {
    EXPECT_TRUE(answer["ok"].is("false"));
    return;
  }
  ASSERT_EQ(answer["ok"].is("true"), expected.str("outcome") == "ok") << answer.text();
  if (answer["ok"].is("true")) {
    EXPECT_EQ(answer["payload"].canonical(), expected["payload"].canonical());
    EXPECT_EQ(answer["protected_header"].canonical(), expected["protectedHeader"].canonical());
    return;
  }
  EXPECT_EQ(answer.str("error"), expected.str("class"));
  if (expected.has("code")) {
    EXPECT_EQ(answer.str("code"), expected.str("code"));
  } else {
    EXPECT_TRUE(answer["code"].is("null"));
  }
  if (expected.has("claim")) {
    EXPECT_EQ(answer.str("claim"), expected.str("claim"));
    EXPECT_EQ(answer.str("reason"), expected.str("reason"));
  }
}

// judge_vectors runs all vectors of one operation and returns how many there were.
std::size_t judge_vectors(const std::string& operation) {
  const std::string file = read_vectors("jwt.json");
  const Json vectors = Json::parse(file);
  std::vector<Json> tests;
  std::string input;
  for (const Json& test : vectors["cases"].cases()) {
    if (test.str("op") != operation) continue;
    tests.push_back(test);
    input += jwt_request(test, vectors["keys"]);
  }
  const Ran ran = run({"jwt", operation, "--batch"}, input);
  EXPECT_EQ(ran.code, 0) << ran.err;
  const std::vector<std::string> texts = lines(ran.out);
  const std::vector<Json> answers = parse_all(texts);
  EXPECT_EQ(answers.size(), tests.size());
  for (std::size_t i = 0; i < std::min(tests.size(), answers.size()); ++i) {
    SCOPED_TRACE(tests[i].str("id") + " " + tests[i].str("note"));
    EXPECT_EQ(answers[i].str("id"), tests[i].str("id"));
    expect_judged(tests[i], answers[i]);
  }
  return tests.size();
}

TEST(BatchProgram, JwtVerifyAnswersEveryVectorAsJoseDoes) {
  EXPECT_GE(judge_vectors("verify"), 95U);
}

TEST(BatchProgram, JwtDecryptAnswersEveryVectorAsJoseDoes) {
  EXPECT_GE(judge_vectors("decrypt"), 40U);
}

// Session cookies of Auth.js are JWEs under derived keys.
TEST(BatchProgram, JwtDecryptOpensAuthjsCookiesUnderTheirDerivedKeys) {
  const std::string file = read_vectors("jwt.json");
  std::string input;
  std::vector<Json> tests;
  for (const Json& test : Json::parse(file)["authjs"]["tokens"].cases()) {
    if (!test.has("derivedKeyHex") || test["expected"].str("outcome") != "ok") continue;
    tests.push_back(test);
    input += "{\"id\":" + in_quotes(test.str("id")) + ",\"token\":" + in_quotes(test.str("token")) +
             ",\"key_b64u\":" + in_quotes(to_base64url(from_hex(test.str("derivedKeyHex")))) +
             ",\"options\":{\"clockTolerance\":15},\"now\":" + std::string{test["clock"].text()} +
             "}\n";
  }
  ASSERT_GE(tests.size(), 2U);
  const std::vector<std::string> answers = lines(run({"jwt", "decrypt", "--batch"}, input).out);
  ASSERT_EQ(answers.size(), tests.size());
  for (std::size_t i = 0; i < tests.size(); ++i) {
    EXPECT_EQ(Json::parse(answers[i])["payload"].canonical(),
              tests[i]["expected"]["payload"].canonical())
        << answers[i];
  }
}

TEST(BatchProgram, SealAnswersEveryLineWithASealThatUnsealOpens) {
  const std::string password = "Gbm49ATjnqnkCCCdhV4uDBhbfnPqsCW0";
  const Ran sealed = run({"seal", "--batch", "--now", "1763683200"},
                         "{\"id\":1,\"value\":{\"a\":[1]},\"password\":\"" + password +
                             "\",\"options\":{\"ttl\":1000}}\n{\"id\":2,\"value\":null,"
                             "\"password\":{\"id\":\"a_1\",\"secret\":\"" +
                             password + "\"}}\n{\"id\":3,\"value\":1,\"password\":\"short\"}\n");
  EXPECT_EQ(sealed.code, 0) << sealed.err;
  const std::vector<std::string> answers = lines(sealed.out);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_NE(Json::parse(answers[0]).str("seal").find("*1763683201000*"), std::string::npos);
  EXPECT_EQ(Json::parse(answers[1]).str("seal").rfind("Fe26.2*a_1*", 0), 0U);
  EXPECT_TRUE(Json::parse(answers[2])["ok"].is("false"));
  const Ran opened =
      run({"unseal", "--batch", "--now", "1763683260"},
          "{\"id\":1,\"seal\":" + std::string{Json::parse(answers[0])["seal"].text()} +
              ",\"password\":\"" + password + "\"}\n");
  EXPECT_EQ(opened.out, "{\"id\":1,\"ok\":true,\"value\":{\"a\":[1]}}\n");
}

TEST(BatchProgram, JwtSignAndEncryptMakeWhatVerifyAndDecryptRead) {
  const std::string key = "\"key_b64u\":\"YS0zMi1ieXRlLXNlY3JldC1mb3ItSFMyNTYtdGVzdHM\"}\n";
  const std::pair<std::pair<std::string, std::string>, std::string> pairs[] = {
      {{"sign", "verify"}, "{\"alg\":\"HS256\"}"},
      {{"encrypt", "decrypt"}, "{\"alg\":\"dir\",\"enc\":\"A256GCM\"}"}};
  for (const auto& [commands, header] : pairs) {
    const std::string request =
        "{\"id\":\"x\",\"header\":" + header + ",\"payload\":{\"sub\":\"u1\"}," + key;
    const Ran made = run({"jwt", commands.first, "--batch"}, request + "{\"id\":2}\n");
    EXPECT_EQ(made.code, 0) << made.err;
    const std::vector<std::string> answers = lines(made.out);
    ASSERT_EQ(answers.size(), 2U) << made.out;
    EXPECT_EQ(Json::parse(answers[1]).str("error"), "bad_input");
    const Ran read =
        run({"jwt", commands.second, "--batch"},
            "{\"id\":\"x\",\"token\":" + std::string{Json::parse(answers[0])["token"].text()} +
                "," + key);
    EXPECT_EQ(Json::parse(read.out)["payload"].text(), "{\"sub\":\"u1\"}") << read.out;
  }
}

TEST(BatchProgram, AMalformedLineIsAnsweredAndTheBatchGoesOn) {
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"unseal"}, {"jwt", "verify"}, {"jwt", "decrypt"}}) {
    std::vector<std::string> args = command;
    args.push_back("--batch");
    const Ran ran = run(args,
                        "not json\n{\"id\":7}\n[1]\n\n \r\n{\"id\":\"a\",\"seal\":1,\"token\":{}}\n"
                        "{\"id\":\"\xff\"}\n{\"id\":{\"deep\":[1]},\"seal\":\"x\",\"token\":\"x\","
                        "\"password\":\"p\",\"key_b64u\":\"eA\"}");
    EXPECT_EQ(ran.code, 0);
    const std::vector<std::string> answers = lines(ran.out);
    ASSERT_EQ(answers.size(), 6U) << ran.out;  // a blank line asks nothing
    const std::vector<std::string> ids = {"null", "7", "null", "\"a\"", "null"};
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const Json answer = Json::parse(answers[i]);
      EXPECT_EQ(answer["id"].text(), ids[i]);
      EXPECT_TRUE(answer["ok"].is("false"));
      EXPECT_EQ(answer.str("error"), "bad_input");
    }
    const Json last = Json::parse(answers[5]);
    EXPECT_EQ(last["id"].text(), "{\"deep\":[1]}");
    EXPECT_TRUE(last["ok"].is("false"));
    EXPECT_NE(last.str("error"), "bad_input");
  }
}

TEST(BatchProgram, AnswersAreUtf8WhateverATokenHolds) {
  // {"alg":"HS256","crit":["\ud800"]}
  const Ran ran = run({"jwt", "verify", "--batch"},
                      "{\"id\":1,\"token\":\"eyJhbGciOiJIUzI1NiIsImNyaXQiOlsiXHVkODAwIl19.e30.AA\","
                      "\"key_b64u\":\"eA\"}\n");
  EXPECT_NE(ran.out.find(R"(\"\ud800\")"), std::string::npos) << ran.out;
  EXPECT_TRUE(is_utf8(ran.out));
}

TEST(BatchProgram, LinesWithoutATimeAreJudgedAtTheTimeGiven) {
  const std::string key = "{\"id\":1,\"key_b64u\":\"YS0zMi1ieXRlLXNlY3JldC1mb3ItSFMyNTYtdGVzdHM\",";
  const std::string token =
      "\"token\":\"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyXzEiLCJzaWQiOiJhYmMiLCJpYXQiOjE3NjM2ODMxOT"
      "AsImV4cCI6MTc2NDI4ODAwMH0.nFIhIO8VZOkFtrxhbZ7GY2h4Hd8jNuUi7ZLMLgiwit8\"}\n";
  const auto error_at = [&](const std::string& now) {
    const Ran ran = run({"jwt", "verify", "--batch", "--now", now}, key + token);
    const Json answer = Json::parse(ran.out);
    return answer["ok"].is("true") ? "" : answer.str("code");
  };
  EXPECT_EQ(error_at("1764287999"), "");
  EXPECT_EQ(error_at("2025-11-28T00:00:00Z"), "ERR_JWT_EXPIRED");
}

}  // namespace
}  // namespace latchkey::testing
