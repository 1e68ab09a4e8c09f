#include "server/http/refusal.h"

#include <gtest/gtest.h>

namespace latchkey::server {
namespace {

TEST(Refusal, IsAProblemDocumentOfItsStatus) {
  for (const int status : {400, 405, 408, 413, 414, 417, 431, 501, 503, 505}) {
    const http::Response response = refusal(status);
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(response.content_type, "application/problem+json; charset=utf-8");
    EXPECT_NE(response.body.find("\"status\":" + std::to_string(status)), std::string::npos);
    EXPECT_EQ(response.close, status != 503) << status;
    std::string wire;
    http::write_response(response, {.keep_alive = false}, wire);
    EXPECT_TRUE(wire.starts_with("HTTP/1.1 " + std::to_string(status) + " ")) << wire;
  }
}

TEST(Refusal, HasTheCodeOfItsDocumentation) {
  EXPECT_NE(refusal(413).body.find("\"code\":\"body_too_large\""), std::string::npos);
  EXPECT_NE(refusal(400).body.find("\"code\":\"bad_request\""), std::string::npos);
}

TEST(Refusal, IsAPageWhereAPageWasAskedFor) {
  for (const int status : {413, 503}) {
    const http::Response page = refusal(status, "/login");
    EXPECT_EQ(page.status, status);
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
    EXPECT_EQ(page.close, status != 503);
    EXPECT_EQ(refusal(status, "/v1/login").content_type, refusal(status).content_type);
    EXPECT_EQ(refusal(status, "/readyz").content_type, refusal(status).content_type);
  }
  EXPECT_EQ(refusal(400, "/login").content_type, refusal(400).content_type) << "not from a browser";
  EXPECT_EQ(refusal(503, "/login").headers.at(0).first, "Retry-After");
}

TEST(Refusal, SaysWhenToComeBackAndWhatIsAllowed) {
  EXPECT_EQ(refusal(503).headers.at(0).first, "Retry-After");
  EXPECT_EQ(refusal(405).headers.at(0).first, "Allow");
}

}  // namespace
}  // namespace latchkey::server
