#include "server/http/request_parser.h"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::server {
namespace {

using Status = RequestParser::Status;

// Parses `text` in pieces of `piece` bytes the way a connection does: the head stays in place,
// bytes of the body are given again until they are used.
class Reader {
 public:
  explicit Reader(const ParserLimits& limits = {}) : parser(limits) {}

  Status read(std::string text, std::size_t piece = 1 << 20) {
    text_ = std::move(text);
    std::size_t seen = 0;
    Status status = Status::need_more;
    while (status == Status::need_more && seen < text_.size()) {
      seen = std::min(seen + piece, text_.size());
      status = parser.find_head({text_.data(), seen});
    }
    if (status != Status::head_done) return status;
    status = parser.read_head({text_.data(), parser.head_size()});
    used = parser.head_size();
    if (status != Status::head_done) return status;
    while (true) {
      std::size_t step = 0;
      status = parser.parse_body({text_.data() + used, seen - used}, step);
      used += step;
      if (status != Status::need_more || seen == text_.size()) return status;
      seen = std::min(seen + piece, text_.size());
    }
  }

  RequestParser parser;
  std::size_t used = 0;

 private:
  std::string text_;
};

int refusal_of(const std::string& text, std::size_t piece = 1 << 20) {
  Reader reader;
  const Status status = reader.read(text, piece);
  return status == Status::refused ? reader.parser.refusal() : 0;
}

const std::string kHost = "Host: a.example\r\n";

TEST(RequestParser, ReadsMethodPathQueryAndFieldsInOrder) {
  Reader reader;
  ASSERT_EQ(reader.read("GET /v1/session?a=b%20c&d HTTP/1.1\r\nHost: a.example:80\r\n"
                        "Cookie: x=1\r\nCookie:\t y=2 \t\r\nX-Empty:\r\n\r\n"),
            Status::complete);
  const http::Request& request = reader.parser.request();
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.path, "/v1/session");
  EXPECT_EQ(request.query, "a=b%20c&d");
  ASSERT_EQ(request.headers.size(), 4U);
  EXPECT_EQ(request.headers[1].value, "x=1");
  EXPECT_EQ(request.headers[2].value, "y=2");
  EXPECT_EQ(request.headers[3].value, "");
  EXPECT_TRUE(request.body.empty());
  EXPECT_TRUE(reader.parser.keep_alive());
}

TEST(RequestParser, ReadsTheSameInAnyPieces) {
  const std::string length = "POST /a HTTP/1.1\r\n" + kHost + "Content-Length: 5\r\n\r\nhello";
  const std::string chunked =
      "POST /a HTTP/1.1\r\n" + kHost +
      "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n003\r\nllo\r\n0\r\n\r\n";
  for (const std::string& text : {length, chunked}) {
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
      Reader reader;
      ASSERT_EQ(reader.read(text, piece), Status::complete) << piece;
      EXPECT_EQ(reader.parser.request().body, "hello") << piece;
      EXPECT_EQ(reader.parser.request().headers.size(), 2U);
      EXPECT_EQ(reader.used, text.size());
    }
  }
}

TEST(RequestParser, LeavesTheNextRequestAlone) {
  const std::string first = "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 2\r\n\r\nok";
  Reader reader;
  ASSERT_EQ(reader.read(first + "GET / HTTP/1.1\r\n"), Status::complete);
  EXPECT_EQ(reader.used, first.size());
}

TEST(RequestParser, CanBeUsedAgainAfterAReset) {
  Reader reader;
  ASSERT_EQ(reader.read("POST /a HTTP/1.1\r\n" + kHost + "Content-Length: 3\r\n\r\nabc"),
            Status::complete);
  reader.parser.reset();
  ASSERT_EQ(reader.read("GET /b HTTP/1.1\r\n" + kHost + "\r\n"), Status::complete);
  EXPECT_EQ(reader.parser.request().path, "/b");
  EXPECT_EQ(reader.parser.request().headers.size(), 1U);
  EXPECT_TRUE(reader.parser.request().body.empty());
}

TEST(RequestParser, NothingOfOneRequestIsLeftForTheNext) {
  const std::string line = "POST /a?b HTTP/1.1\r\n" + kHost;
  Reader reader;
  ASSERT_EQ(reader.read(line + "Expect: 100-continue\r\nContent-Length: 1\r\n\r\nx"),
            Status::complete);
  EXPECT_TRUE(reader.parser.announces_body());
  reader.parser.reset();
  ASSERT_EQ(reader.read("POST /c HTTP/1.1\r\n" + kHost + "Content-Length: 0\r\n\r\n"),
            Status::complete);
  EXPECT_FALSE(reader.parser.expects_continue());
  EXPECT_FALSE(reader.parser.announces_body());
  EXPECT_EQ(reader.parser.request().query, "");
  reader.parser.reset();
  ASSERT_EQ(reader.read("BREW / HTTP/1.1\r\n" + kHost + "\r\n"), Status::refused);
  reader.parser.reset();
  EXPECT_EQ(reader.parser.refusal(), 0);
  ASSERT_EQ(reader.read(line + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"),
            Status::complete);
  EXPECT_TRUE(reader.parser.announces_body()) << "whatever its length will be";
}

TEST(RequestParser, R141RefusesEveryDoubtAboutTheBodysLength) {
  const auto with = [](const std::string& fields) {
    return refusal_of("POST / HTTP/1.1\r\n" + kHost + fields + "\r\n0\r\n\r\n");
  };
  for (const char* fields : {
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
           "Content-Length: 5\r\nContent-Length: 5\r\n",
           "Content-Length: 5\r\nContent-Length: 6\r\n",
           "Content-Length: 5, 5\r\n",
           "Content-Length: +5\r\n",
           "Content-Length: -5\r\n",
           "Content-Length: 0x5\r\n",
           "Content-Length: 5 5\r\n",
           "Content-Length: \r\n",
           "Content-Length: 99999999999999999999\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
           "Transfer-Encoding: chunked, identity\r\n",
           "Transfer-Encoding: gzip, chunked\r\n",
           "Transfer-Encoding: chunked, chunked\r\n",
           "Transfer-Encoding: identity\r\n",
           "Transfer-Encoding: xchunked\r\n",
           "Transfer-Encoding: \"chunked\"\r\n",
           "Transfer-Encoding: \x0b"
           "chunked\r\n",
           "Transfer-Encoding:\r\n",
       }) {
    EXPECT_EQ(with(fields), 400) << fields;
  }
  EXPECT_EQ(refusal_of("POST / HTTP/1.0\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(RequestParser, R142RefusesLineEndsAndBytesParsersDisagreeAbout) {
  const std::string start = "GET / HTTP/1.1\r\n" + kHost;
  const std::string nul("A: b\0c\r\n\r\n", 10);
  for (const std::string& text : {
           std::string{"GET / HTTP/1.1\nHost: a.example\r\n\r\n"},
           std::string{"GET / HTTP/1.1\r\nHost: a.example\n\r\n"},
           start + "A: b\n\r\n",
           start + "A: b\rC: d\r\n\r\n",
           start + "A: b\r\r\n\r\n",
           start + "\n",
           start + "A: b\r\n c\r\n\r\n",
           start + "A: b\r\n\tc\r\n\r\n",
           start + " A: b\r\n\r\n",
           start + "A : b\r\n\r\n",
           start + "A\t: b\r\n\r\n",
           start + ": b\r\n\r\n",
           start + "A\r\n\r\n",
           start + "A b: c\r\n\r\n",
           start + "A(: c\r\n\r\n",
           start + nul,
           start + "A: b\x01"
                   "c\r\n\r\n",
           start + "A: b\x1b"
                   "c\r\n\r\n",
           start + "A: b\x7f"
                   "c\r\n\r\n",
           std::string{"\r\nGET / HTTP/1.1\r\n"} + kHost + "\r\n",
       }) {
    EXPECT_EQ(refusal_of(text), 400) << text;
    EXPECT_EQ(refusal_of(text, 1), 400) << text;
  }
}

TEST(RequestParser, R142RefusesOddChunks) {
  const auto with = [](const std::string& body) {
    return refusal_of("POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n" + body);
  };
  for (const char* body :
       {"2\nok\r\n0\r\n\r\n", "2\r\nok\n0\r\n\r\n", "2\r\nok0\r\n\r\n", "2;a=b\r\nok\r\n0\r\n\r\n",
        "2 \r\nok\r\n0\r\n\r\n", "2;\nok\r\n0\r\n\r\n", "0x2\r\nok\r\n0\r\n\r\n",
        "-2\r\nok\r\n0\r\n\r\n", "+2\r\nok\r\n0\r\n\r\n", "g\r\nok\r\n0\r\n\r\n",
        "\r\nok\r\n0\r\n\r\n", "0\r\nTrailer: a\r\n\r\n", "0;a\r\n\r\n",
        "fffffffffffffffff\r\nok\r\n0\r\n\r\n"}) {
    EXPECT_EQ(with(body), 400) << body;
  }
}

TEST(RequestParser, RefusesABadRequestLine) {
  for (const char* line :
       {"GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GE(T / HTTP/1.1",
        "GET\t/\tHTTP/1.1", "GET / http/1.1", "GET / HTTP/1", "GET / HTTP/11", "GET /\x80 HTTP/1.1",
        "GET /a#b HTTP/1.1", "GET a HTTP/1.1", "GET * HTTP/1.1", "OPTIONS * HTTP/1.1",
        "GET ftp://a.example/ HTTP/1.1", "GET http:// HTTP/1.1",
        "GET http://u@a.example/ HTTP/1.1"}) {
    const int status = refusal_of(std::string{line} + "\r\n" + kHost + "\r\n");
    EXPECT_TRUE(status == 400 || status == 505) << line << " gave " << status;
  }
  EXPECT_EQ(refusal_of("GET / HTTP/2.0\r\n" + kHost + "\r\n"), 505);
  EXPECT_EQ(refusal_of("GET / HTTP/0.9\r\n" + kHost + "\r\n"), 505);
}

TEST(RequestParser, R148KnowsWhichMethodsThereAre) {
  EXPECT_EQ(refusal_of("CONNECT a.example:443 HTTP/1.1\r\n" + kHost + "\r\n"), 405);
  EXPECT_EQ(refusal_of("TRACE / HTTP/1.1\r\n" + kHost + "\r\n"), 405);
  for (const char* method : {"BREW", "get", "PROPFIND", "GETT"}) {
    EXPECT_EQ(refusal_of(std::string{method} + " / HTTP/1.1\r\n" + kHost + "\r\n"), 501) << method;
    EXPECT_EQ(refusal_of(std::string{method} + " / HTTP/1.1\r\n\r\n"), 400) << "broken besides";
  }
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    EXPECT_EQ(refusal_of(std::string{method} + " / HTTP/1.1\r\n" + kHost + "\r\n"), 0) << method;
  }
}

TEST(RequestParser, WantsExactlyOneHost) {
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\n" + kHost + kHost + "\r\n"), 400);
  for (const char* host : {"", "a b", "a/b", "a@b", "a?b", "a#b", "a\\b", "\"a\""}) {
    EXPECT_EQ(refusal_of(std::string{"GET / HTTP/1.1\r\nHost: "} + host + "\r\n\r\n"), 400) << host;
  }
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nHost: [::1]:4470\r\n\r\n"), 0);
  EXPECT_EQ(refusal_of("GET / HTTP/1.0\r\n\r\n"), 0);
}

TEST(RequestParser, TakesThePathOutOfAnAbsoluteForm) {
  Reader reader;
  ASSERT_EQ(reader.read("GET HTTP://other.example:1?x HTTP/1.1\r\n" + kHost + "\r\n"),
            Status::refused);
  Reader second;
  ASSERT_EQ(second.read("GET http://other.example/a?x HTTP/1.1\r\n" + kHost + "\r\n"),
            Status::complete);
  EXPECT_EQ(second.parser.request().path, "/a");
  EXPECT_EQ(second.parser.request().query, "x");
  for (const char* target : {"http://other.example", "HTTPS://other.example:1", "http://[::1]"}) {
    Reader bare;
    ASSERT_EQ(bare.read(std::string("GET ") + target + " HTTP/1.1\r\n" + kHost + "\r\n"),
              Status::complete)
        << target;
    EXPECT_EQ(bare.parser.request().path, "/") << target;
  }
}

TEST(RequestParser, KeepsNoConnectionOfHttp10OrWhenAskedToClose) {
  Reader old;
  ASSERT_EQ(old.read("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), Status::complete);
  EXPECT_FALSE(old.parser.keep_alive());
  Reader asked;
  ASSERT_EQ(asked.read("GET / HTTP/1.1\r\n" + kHost + "Connection: x, Close\r\n\r\n"),
            Status::complete);
  EXPECT_FALSE(asked.parser.keep_alive());
}

TEST(RequestParser, R151KnowsOneExpectation) {
  Reader reader;
  ASSERT_EQ(reader.read("POST / HTTP/1.1\r\n" + kHost +
                        "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\n"),
            Status::need_more);
  EXPECT_TRUE(reader.parser.expects_continue());
  EXPECT_EQ(refusal_of("POST / HTTP/1.1\r\n" + kHost + "Expect: a miracle\r\n\r\n"), 417);
}

std::string request_line_of(std::size_t bytes) {
  const std::string frame = "GET / HTTP/1.1";
  return "GET /" + std::string(bytes - frame.size(), 'a') + " HTTP/1.1\r\n";
}
std::string head_of(std::size_t bytes) {
  const std::string frame = "GET / HTTP/1.1\r\n" + kHost + "A: \r\n\r\n";
  std::string padding(bytes - frame.size(), 'a');
  return "GET / HTTP/1.1\r\n" + kHost + "A: " + padding + "\r\n\r\n";
}
std::string fields_of(std::size_t count) {
  std::string text = "GET / HTTP/1.1\r\n" + kHost;
  for (std::size_t i = 1; i < count; ++i) text += "A: b\r\n";
  return text + "\r\n";
}

TEST(RequestParser, R143LimitsTheHeadExactly) {
  for (const std::size_t piece : {std::size_t{97}, std::size_t{1} << 20}) {
    EXPECT_EQ(refusal_of(request_line_of(8191) + kHost + "\r\n", piece), 0);
    EXPECT_EQ(refusal_of(request_line_of(8192) + kHost + "\r\n", piece), 0);
    EXPECT_EQ(refusal_of(request_line_of(8193) + kHost + "\r\n", piece), 414);
    EXPECT_EQ(refusal_of(head_of(16383), piece), 0);
    EXPECT_EQ(refusal_of(head_of(16384), piece), 0);
    EXPECT_EQ(refusal_of(head_of(16385), piece), 431);
    EXPECT_EQ(refusal_of(fields_of(99), piece), 0);
    EXPECT_EQ(refusal_of(fields_of(100), piece), 0);
    EXPECT_EQ(refusal_of(fields_of(101), piece), 431);
  }
  // Without waiting for a line end that never comes.
  EXPECT_EQ(refusal_of(std::string(8193, 'a'), 97), 414);
  EXPECT_EQ(refusal_of("GET / HTTP/1.1\r\nA: " + std::string(16384, 'a'), 97), 431);
}

TEST(RequestParser, R143LimitsTheBodyExactly) {
  const auto of_length = [](std::size_t bytes) {
    return "POST / HTTP/1.1\r\n" + kHost + "Content-Length: " + std::to_string(bytes) + "\r\n\r\n" +
           std::string(bytes, 'a');
  };
  EXPECT_EQ(refusal_of(of_length(16384)), 0);
  EXPECT_EQ(refusal_of(of_length(16385)), 413);
  const auto of_chunks = [](std::size_t last) {
    std::string text = "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 3; ++i) text += "1000\r\n" + std::string(4096, 'a') + "\r\n";
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", last);
    return text + size + std::string(last, 'a') + "\r\n0\r\n\r\n";
  };
  EXPECT_EQ(refusal_of(of_chunks(4096)), 0);
  EXPECT_EQ(refusal_of(of_chunks(4097)), 413);
}

}  // namespace
}  // namespace latchkey::server
