#include <gtest/gtest.h>

#include "server/http/server_test_support.h"

namespace latchkey::server {
namespace {

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
  start();
  RawClient c = client();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(c.send(get("/a?b=" + std::to_string(i))));
    const auto answer = c.answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "GET /a b=" + std::to_string(i) + "  127.0.0.1");
    EXPECT_TRUE(answer->header("Date")->ends_with(" GMT"));
    EXPECT_FALSE(answer->header("Connection"));
    EXPECT_FALSE(answer->header("Server")) << "R149";
  }
}

TEST_F(HttpServerTest, AnswersHeadWithoutABody) {
  start();
  RawClient c = client();
  ASSERT_TRUE(c.send("HEAD /a HTTP/1.1\r\nHost: a.example\r\n\r\n" + get("/b")));
  const auto head = c.answer(true);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->header("Content-Length"), "19");
  EXPECT_EQ(c.answer()->body, "GET /b   127.0.0.1");
}

TEST_F(HttpServerTest, ReadsRequestsByteByByte) {
  start();
  RawClient c = client();
  for (const char byte : post("/a", "hello") + get("/b")) {
    ASSERT_TRUE(c.send({&byte, 1}));
  }
  EXPECT_EQ(c.answer()->body, "POST /a  hello 127.0.0.1");
  EXPECT_EQ(c.answer()->body, "GET /b   127.0.0.1");
}

TEST_F(HttpServerTest, R150AnswersTenThousandPipelinedRequestsInOrder) {
  start();
  RawClient c = client();
  std::thread sender([&] {
    std::string all;
    for (int i = 0; i < 10'000; ++i) {
      all += i % 7 == 0 ? post("/work", std::to_string(i)) : get("/" + std::to_string(i));
    }
    EXPECT_TRUE(c.send(all));
  });
  RawClient& receiver = c;
  for (int i = 0; i < 10'000; ++i) {
    const auto answer = receiver.answer();
    ASSERT_TRUE(answer) << i;
    const std::string expected = i % 7 == 0 ? "POST /work  " + std::to_string(i) + " 127.0.0.1"
                                            : "GET /" + std::to_string(i) + "   127.0.0.1";
    ASSERT_EQ(answer->body, expected);
  }
  sender.join();
}

TEST_F(HttpServerTest, ClosesAfterHttp10AndWhenEitherSideSaysSo) {
  start();
  for (const std::string& text : {std::string{"GET /a HTTP/1.0\r\n\r\n"},
                                  get("/a", "Connection: close\r\n"), get("/close")}) {
    RawClient c = client();
    ASSERT_TRUE(c.send(text));
    const auto answer = c.answer();
    ASSERT_TRUE(answer) << text;
    EXPECT_EQ(answer->header("Connection"), "close") << text;
    EXPECT_TRUE(c.at_end()) << text;
  }
}

TEST_F(HttpServerTest, AnswersAClientThatHasFinishedSending) {
  start();
  RawClient c = client();
  ASSERT_TRUE(c.send(get("/work")));
  c.finish_sending();
  EXPECT_EQ(c.answer()->status, 200);
  EXPECT_TRUE(c.at_end());
}

TEST_F(HttpServerTest, R141NeverAnswersWhatFollowsARefusedRequest) {
  start();
  for (const char* fields : {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                             "Transfer-Encoding: chunked, identity\r\n",
                             "Content-Length: 5\r\nContent-Length: 6\r\n", "A: b\nC: d\r\n"}) {
    RawClient c = client();
    c.send(std::string{"POST /a HTTP/1.1\r\nHost: a.example\r\n"} + fields + "\r\n0\r\n\r\n" +
           get("/smuggled"));
    const auto answer = c.answer();
    ASSERT_TRUE(answer) << fields;
    EXPECT_EQ(answer->status, 400);
    EXPECT_EQ(answer->header("Connection"), "close");
    EXPECT_EQ(answer->header("Content-Type"), "application/problem+json; charset=utf-8");
    EXPECT_NE(answer->body.find(R"("code":"bad_request")"), std::string::npos);
    EXPECT_TRUE(c.at_end()) << fields;
  }
}

TEST_F(HttpServerTest, RefusesWithTheStatusThatSaysWhy) {
  start();
  const std::pair<std::string, int> cases[] = {
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505},
      {"GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
      {get("/", "A: " + std::string(17000, 'a') + "\r\n"), 431},
      {"POST / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n", 417},
  };
  for (const auto& [text, status] : cases) {
    RawClient c = client();
    c.send(text);
    const auto answer = c.answer();
    ASSERT_TRUE(answer) << status;
    EXPECT_EQ(answer->status, status);
    EXPECT_TRUE(c.at_end());
  }
}

TEST_F(HttpServerTest, TellsTooLargeEvenToAClientThatGoesOnSending) {
  start();
  RawClient c = client();
  c.send(post("/a", std::string(std::size_t{1} << 20, 'p')));
  const auto answer = c.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
  EXPECT_EQ(answer->header("Content-Type"), "text/html; charset=utf-8") << "a page was asked for";
  EXPECT_TRUE(c.at_end());
}

TEST_F(HttpServerTest, TakesHeadAndBodyUpToTheLimit) {
  start();
  RawClient c = client();
  const std::string padding(15'000, 'a');
  const std::string body(16'384, 'b');
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(c.send("POST /a HTTP/1.1\r\nHost: a\r\nX: " + padding +
                       "\r\nContent-Length: 16384\r\n\r\n" + body + get("/b")));
    EXPECT_EQ(c.answer()->body, "POST /a  " + body + " 127.0.0.1");
    EXPECT_EQ(c.answer()->body, "GET /b   127.0.0.1");
  }
}

TEST_F(HttpServerTest, DecodesChunksSentInPieces) {
  HttpServerOptions options;
  options.limits.body_bytes = 40'000;
  start(std::move(options));
  RawClient c = client();
  ASSERT_TRUE(c.send("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    const std::string chunk(1000, static_cast<char>('a' + i % 26));
    expected += chunk;
    ASSERT_TRUE(c.send("3e8\r\n" + chunk.substr(0, 500)));
    ASSERT_TRUE(c.send(chunk.substr(500) + "\r"));
    ASSERT_TRUE(c.send("\n"));
  }
  ASSERT_TRUE(c.send("0\r\n\r\n" + get("/b")));
  EXPECT_EQ(c.answer()->body, "POST /a  " + expected + " 127.0.0.1");
  EXPECT_EQ(c.answer()->body, "GET /b   127.0.0.1");
}

// The program that has assertions of Beast in it was ended by these two packets.
TEST_F(HttpServerTest, M6TakesTheEndOfAnEmptyChunkedBodyByteByByte) {
  start();
  for (const char* end : {"\r\n", "x"}) {
    RawClient c = client();
    ASSERT_TRUE(c.send("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    ASSERT_TRUE(c.send("0\r\n"));
    for (const char* byte = end; *byte != '\0'; ++byte) ASSERT_TRUE(c.send({byte, 1}));
    EXPECT_EQ(c.answer()->status, *end == 'x' ? 400 : 200);
  }
  RawClient next = client();
  ASSERT_TRUE(next.send(get("/b")));
  EXPECT_EQ(next.answer()->status, 200);
}

TEST_F(HttpServerTest, R151SaysContinueBeforeTheBodyAndOnlyThen) {
  start();
  RawClient c = client();
  const std::string head =
      "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  ASSERT_TRUE(c.send(head));
  EXPECT_EQ(c.answer()->head, "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(c.send("ok"));
  EXPECT_EQ(c.answer()->status, 200);
  ASSERT_TRUE(c.send(head + "ok"));
  EXPECT_EQ(c.answer()->status, 200);
  ASSERT_TRUE(
      c.send("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
             "Content-Length: 16385\r\n\r\n"));
  EXPECT_EQ(c.answer()->status, 413);
}

TEST_F(HttpServerTest, AnswersAtTheEndOfTheHeadWhereNoBodyIsRead) {
  start();
  for (const char* body :
       {"Content-Length: 5\r\n", "Content-Length: 5000000000\r\n", "Transfer-Encoding: chunked\r\n",
        "Content-Length: 5\r\nExpect: 100-continue\r\n"}) {
    RawClient c = client();
    ASSERT_TRUE(c.send("POST /ask HTTP/1.1\r\nHost: a.example\r\n" + std::string(body) + "\r\n"));
    const auto answer = c.answer();
    ASSERT_TRUE(answer) << body;
    EXPECT_EQ(answer->status, 200) << body;
    EXPECT_EQ(answer->body, "POST /ask   127.0.0.1");
    EXPECT_EQ(answer->header("Connection"), "close") << body;
    EXPECT_FALSE(c.answer()) << "the connection ends";
  }
}

// What a proxy asks about may have any method, and Envoy asks with that method.
TEST_F(HttpServerTest, TakesAMethodItDoesNotKnowWhereItIsAskedAboutAnotherRequest) {
  start();
  RawClient c = client();
  for (const char* method : {"PROPFIND", "REPORT", "get"}) {
    ASSERT_TRUE(c.send(method + std::string(" /ask HTTP/1.1\r\nHost: a.example\r\n\r\n")));
    const auto answer = c.answer();
    ASSERT_TRUE(answer) << method;
    EXPECT_EQ(answer->body, method + std::string(" /ask   127.0.0.1"));
  }
  ASSERT_TRUE(c.send("PROPFIND /ask HTTP/1.1\r\nHost: a.example\r\nContent-Length: 9\r\n\r\n"));
  EXPECT_EQ(c.answer()->status, 200) << "with a body that is not awaited";
  EXPECT_FALSE(c.answer());
  for (const auto& [head, status] :
       {std::pair{"PROPFIND /a HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        {"PROPFIND /a HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", 501},
        {"PROPFIND /ask HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"TRACE /ask HTTP/1.1\r\nHost: a\r\n\r\n", 405}}) {
    RawClient other = client();
    ASSERT_TRUE(other.send(head));
    EXPECT_EQ(other.answer()->status, status) << head;
    EXPECT_FALSE(other.answer());
  }
}

TEST_F(HttpServerTest, R141NeverAnswersWhatStandsInAnUnreadBody) {
  start();
  RawClient c = client();
  const std::string inner = get("/smuggled");
  ASSERT_TRUE(c.send("POST /ask HTTP/1.1\r\nHost: a.example\r\nContent-Length: " +
                     std::to_string(inner.size()) + "\r\n\r\n" + inner + get("/after")));
  const auto answer = c.answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "POST /ask   127.0.0.1");
  EXPECT_FALSE(c.answer());
}

TEST_F(HttpServerTest, KeepsTheConnectionWhereNoBodyIsAnnounced) {
  start();
  RawClient c = client();
  for (const char* body : {"", "Content-Length: 0\r\n"}) {
    ASSERT_TRUE(c.send("POST /ask HTTP/1.1\r\nHost: a.example\r\n" + std::string(body) + "\r\n"));
    ASSERT_TRUE(c.answer());
  }
  ASSERT_TRUE(
      c.send("POST /ask HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1\r\n"
             "Transfer-Encoding: chunked\r\n\r\n"));
  EXPECT_EQ(c.answer()->status, 400) << "R141 holds there, too";
}

}  // namespace
}  // namespace latchkey::server
