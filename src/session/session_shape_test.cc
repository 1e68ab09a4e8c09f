#include "session/session_shape.h"

#include <gtest/gtest.h>

namespace latchkey::session {
namespace {

std::string fault_of(std::string_view json, const SessionShape& shape, bool token) {
  const auto content = codec::parse_json(json);
  if (!content) return "no json";
  const auto fault = token ? find_token_fault(*content, shape) : find_fault(*content, shape);
  return fault ? std::string(fault->why) + " " + fault->member : "";
}

struct Case {
  const char* json;
  const char* of_token;    // as claims of a token
  const char* of_content;  // as content that only an application's own code can have written
};

TEST(SessionShape, M4WhatNamesAPurposeIsNoSession) {
  const SessionShape shape{.user = "userId"};
  const Case cases[] = {
      {R"({"userId":1})", "", ""},
      {R"({"userId":1,"expiresAt":"x","iat":1,"exp":2,"nbf":1,"jti":"j","sub":"s"})", "", ""},
      {R"({"userId":1,"expires":"x","role":"admin","roles":[],"sid":"s","sessionId":1})", "", ""},
      {R"({"userId":1,"purpose":"verify-email"})", "other_purpose purpose",
       "other_purpose purpose"},
      {R"({"userId":1,"PURPOSE":null})", "other_purpose PURPOSE", "other_purpose PURPOSE"},
      {R"({"userId":1,"token_use":"id"})", "other_purpose token_use", "other_purpose token_use"},
      {R"({"userId":1,"tokenType":"x"})", "other_purpose tokenType", "other_purpose tokenType"},
      {R"({"userId":1,"type":"x"})", "other_purpose type", "other_purpose type"},
      {R"({"userId":1,"action":"x"})", "other_purpose action", "other_purpose action"},
      {R"({"userId":1,"scope":""})", "other_purpose scope", "other_purpose scope"},
      {R"({"userId":1,"iss":"x"})", "other_purpose iss", "other_purpose iss"},
      {R"({"userId":1,"aud":"x"})", "other_purpose aud", "other_purpose aud"},
      {R"({"userId":1,"use":"x"})", "other_purpose use", "other_purpose use"},
      {R"({"userId":1,"passwordReset":true})", "other_purpose passwordReset",
       "other_purpose passwordReset"},
      {R"({"userId":1,"email_verification":1})", "other_purpose email_verification",
       "other_purpose email_verification"},
      {R"({"userId":1,"email":"e","nonce":"n"})", "unexpected_member email", ""},
      {R"({"userId":1,"nonce":"n"})", "unexpected_member nonce", ""},
      {R"({"userId":1,"emailVerified":true})", "unexpected_member emailVerified", ""},
      {R"({"userId":1,"isLoggedIn":true})", "", ""},
      {R"({"userId":1,"isLoggedIn":false})", "login_unfinished isLoggedIn",
       "login_unfinished isLoggedIn"},
      {R"({"userId":1,"two_factor_verified":0})", "login_unfinished two_factor_verified",
       "login_unfinished two_factor_verified"},
      {R"({"userId":1,"two_factor_verified":null})", "login_unfinished two_factor_verified",
       "login_unfinished two_factor_verified"},
      {R"({"userId":1,"two_factor_verified":"f"})", "login_unfinished two_factor_verified",
       "login_unfinished two_factor_verified"},
      {R"({"userId":1,"two_factor_verified":1})", "unexpected_member two_factor_verified", ""},
      {R"({"userId":1,"mfaPending":true})", "login_unfinished mfaPending",
       "login_unfinished mfaPending"},
      {R"({"userId":1,"mfaPending":false})", "unexpected_member mfaPending", ""},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(fault_of(one.json, shape, true), one.of_token) << one.json;
    EXPECT_EQ(fault_of(one.json, shape, false), one.of_content) << one.json;
  }
}

TEST(SessionShape, ThePathToTheUserLeadsThroughObjectsThatHoldAProfileButNoPurpose) {
  const SessionShape shape{.user = "data.user.id"};
  EXPECT_EQ(fault_of(R"({"data":{"user":{"id":1,"email":"e"},"theme":"x"}})", shape, true), "");
  EXPECT_EQ(fault_of(R"({"data":{"user":{"id":1,"intent":"x"}}})", shape, true),
            "other_purpose intent");
  EXPECT_EQ(fault_of(R"({"data":{"user":{"id":1},"purpose":"x"}})", shape, true),
            "other_purpose purpose");
  EXPECT_EQ(fault_of(R"({"data":7})", shape, true), "") << "it names no user, which is told later";
  EXPECT_EQ(fault_of("{}", shape, true), "");
}

TEST(SessionShape, WhatIsExpectedMayBeThereAndValuesMust) {
  const auto shape = [](const std::vector<std::string>& entries) {
    const ExpectedMembers read = read_expected_members(entries);
    EXPECT_EQ(read.error, "");
    return SessionShape{.user = "userId", .members = read.members};
  };
  EXPECT_EQ(fault_of(R"({"userId":1,"email":"e"})", shape({"email"}), true), "");
  EXPECT_EQ(fault_of(R"({"userId":1})", shape({"email"}), true), "");
  const SessionShape typed = shape({"type=session", "type=remembered", "v=2", "ok=true"});
  EXPECT_EQ(fault_of(R"({"userId":1,"type":"session","v":2,"ok":true})", typed, true), "");
  EXPECT_EQ(fault_of(R"({"userId":1,"type":"remembered","v":2,"ok":true})", typed, true), "");
  EXPECT_EQ(fault_of(R"({"userId":1,"type":"reset","v":2,"ok":true})", typed, true),
            "not_as_expected type");
  EXPECT_EQ(fault_of(R"({"userId":1,"v":2,"ok":true})", typed, false), "not_as_expected type");
  EXPECT_EQ(fault_of(R"({"userId":1,"type":"session","v":3,"ok":true})", typed, true),
            "not_as_expected v");
  EXPECT_EQ(fault_of(R"({"userId":1,"scope":"a b"})", shape({"scope=*"}), true), "");
  EXPECT_EQ(fault_of(R"({"userId":1})", shape({"scope=*"}), true), "not_as_expected scope");
}

TEST(SessionShape, AnExpectedPurposeNeedsItsValue) {
  EXPECT_NE(read_expected_members({"type"}).error.find("type=VALUE"), std::string::npos);
  EXPECT_NE(read_expected_members({"=x"}).error.find("names no member"), std::string::npos);
  EXPECT_NE(read_expected_members({""}).error, "");
}

TEST(SessionShape, R106TheHeaderSaysNothingButHowToOpenTheToken) {
  const auto why = [](std::string_view header, std::string_view type) {
    const auto fault = find_header_fault(header, type);
    return fault ? std::string(fault->why) : "";
  };
  EXPECT_EQ(why(R"({"alg":"HS256"})", ""), "");
  EXPECT_EQ(why(R"({"alg":"dir","enc":"A256GCM","kid":"k","typ":"jwt"})", ""), "");
  EXPECT_EQ(why(R"({"alg":"HS256","typ":"application/jwt"})", ""), "");
  EXPECT_EQ(why(R"({"alg":"HS256","typ":"at+jwt"})", ""), "other_type");
  EXPECT_EQ(why(R"({"alg":"HS256","typ":null})", ""), "other_type");
  EXPECT_EQ(why(R"({"alg":"HS256","zip":"DEF"})", ""), "unexpected_header");
  EXPECT_EQ(why(R"({"alg":"HS256"})", "JWT"), "other_type");
  EXPECT_EQ(why("[]", ""), "no_object");
}

}  // namespace
}  // namespace latchkey::session
