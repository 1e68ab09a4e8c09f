#include "http/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

std::string write(const Response& response, WriteOptions options = {}) {
  options.date = kDate;
  std::string out;
  write_response(response, options, out);
  return out;
}

Response with_body(int status) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = "hello";
  return response;
}

// A status that nobody named went out as 500 once.
TEST(WriteResponse, EveryStatusGoesOutAsItIs) {
  for (int status = 200; status < 600; ++status) {
    const std::string line = "HTTP/1.1 " + std::to_string(status) + " ";
    EXPECT_THAT(write(with_body(status)), StartsWith(line));
  }
  EXPECT_THAT(write(with_body(202)), StartsWith("HTTP/1.1 202 Accepted\r\n"));
  EXPECT_THAT(write(with_body(500)), StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
}

TEST(Request, FindsFieldsWhateverTheirCase) {
  const Header headers[] = {{"Host", "a"}, {"COOKIE", "b"}, {"cookie", "c"}};
  Request request;
  request.headers = headers;
  EXPECT_EQ(request.header("cookie"), "b");
  EXPECT_EQ(request.header("host"), "a");
  EXPECT_EQ(request.header("hos"), std::nullopt);
  EXPECT_EQ(request.header_count("Cookie"), 2U);
}

TEST(WriteResponse, WritesStatusDateLengthAndBody) {
  const std::string out = write(with_body(200));
  EXPECT_THAT(out, StartsWith("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
  EXPECT_THAT(out, HasSubstr("\r\nContent-Length: 5\r\n"));
  EXPECT_THAT(out, HasSubstr("\r\nContent-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_THAT(out, EndsWith("\r\n\r\nhello"));
}

TEST(WriteResponse, R58ToR66EveryStatusCarriesTheSecurityHeaders) {
  for (const int status :
       {200, 201, 204, 303, 400, 401, 403, 404, 405, 408, 409, 413, 415, 429, 431, 500, 501, 503}) {
    const std::string out = write(with_body(status));
    EXPECT_THAT(out, StartsWith("HTTP/1.1 " + std::to_string(status) + " "));
    for (const auto* line :
         {"Cache-Control: no-store", "Vary: Cookie", "X-Content-Type-Options: nosniff",
          "Referrer-Policy: same-origin", "Cross-Origin-Opener-Policy: same-origin",
          "Cross-Origin-Resource-Policy: same-origin",
          "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
          "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
          "frame-ancestors 'none'; object-src 'none'"}) {
      EXPECT_THAT(out, HasSubstr("\r\n" + std::string(line) + "\r\n")) << status;
    }
    EXPECT_THAT(out, Not(HasSubstr("Server:")));
    EXPECT_THAT(out, Not(HasSubstr("Strict-Transport-Security")));
  }
}

TEST(WriteResponse, FormsMayLeadOnWhereTheSiteSaysSo) {
  EXPECT_THAT(write(with_body(200), {.form_targets = " https://*.example.com:*"}),
              HasSubstr("; form-action 'self' https://*.example.com:*; base-uri 'none';"));
}

TEST(WriteResponse, R61HstsGoesOutOverHttpsOnly) {
  EXPECT_THAT(write(with_body(503), {.hsts = Hsts::host}),
              HasSubstr("\r\nStrict-Transport-Security: max-age=31536000\r\n"))
      << "F13: the hosts below this one are none of our business";
  EXPECT_THAT(write(with_body(503), {.hsts = Hsts::subdomains}),
              HasSubstr("\r\nStrict-Transport-Security: max-age=31536000; includeSubDomains\r\n"));
}

TEST(WriteResponse, HeadTellsTheLengthWithoutTheBody) {
  const std::string out = write(with_body(200), {.head = true});
  EXPECT_THAT(out, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(out, EndsWith("\r\n\r\n"));
}

TEST(WriteResponse, NoContentHasNeitherLengthNorBody) {
  const std::string out = write(with_body(204));
  EXPECT_THAT(out, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(out, EndsWith("\r\n\r\n"));
}

TEST(WriteResponse, AnAnswerWithoutBodySaysSo) {
  Response response;
  response.status = 303;
  const std::string out = write(response);
  EXPECT_THAT(out, HasSubstr("Content-Length: 0\r\n"));
  EXPECT_THAT(out, Not(HasSubstr("\r\nContent-Type")));
}

TEST(WriteResponse, TellsWhenTheConnectionEnds) {
  Response response = with_body(200);
  EXPECT_THAT(write(response), Not(HasSubstr("Connection")));
  EXPECT_THAT(write(response, {.keep_alive = false}), HasSubstr("\r\nConnection: close\r\n"));
  response.close = true;
  EXPECT_THAT(write(response), HasSubstr("\r\nConnection: close\r\n"));
}

TEST(WriteResponse, OnlyWhatIsImmutableMayBeCached) {
  Response response = with_body(200);
  response.immutable = true;
  const std::string out = write(response);
  EXPECT_THAT(out, HasSubstr("\r\nCache-Control: public, max-age=31536000, immutable\r\n"));
  EXPECT_THAT(out, Not(HasSubstr("no-store")));
}

TEST(WriteResponse, WhatIsRevalidatedMayBeKeptAndAskedForAgain) {
  Response response = with_body(200);
  response.revalidate = true;
  EXPECT_THAT(write(response), HasSubstr("\r\nCache-Control: public, no-cache\r\n"));
  response.status = 304;
  EXPECT_THAT(write(response), StartsWith("HTTP/1.1 304 Not Modified\r\n"));
  EXPECT_THAT(write(response), Not(HasSubstr("Content-Length")));
  EXPECT_THAT(write(response), EndsWith("\r\n\r\n"));
}

TEST(WriteResponse, R146AHeaderValueThatCouldSplitTheAnswerMakesIt500) {
  using namespace std::string_literals;
  for (const auto& value : {"/a\r\nSet-Cookie: x=y"s, "/a\nb"s, "/a\rb"s, "/a\0b"s, "/a\tb"s,
                            "/a\x7f"s, "/\xe5\x98\x8d\xe5\x98\x8aSet-Cookie: x=y"s}) {
    Response response = with_body(303);
    response.headers.emplace_back("Location", value);
    response.headers.emplace_back("Set-Cookie", "session=secret");
    const std::string out = write(response);
    EXPECT_THAT(out, StartsWith("HTTP/1.1 500 "));
    EXPECT_THAT(out, Not(HasSubstr("Set-Cookie")));
    EXPECT_THAT(out, Not(HasSubstr("Location")));
    EXPECT_THAT(out, HasSubstr("Cache-Control: no-store"));
  }
}

}  // namespace
}  // namespace latchkey::http
