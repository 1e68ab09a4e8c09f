#include "store/redis/wire/reply.h"

#include <gtest/gtest.h>

namespace latchkey::redis {
namespace {

using Kind = Reply::Kind;
using Status = ReplyParser::Status;

Reply parse(std::string_view bytes) {
  ReplyParser parser;
  parser.feed(bytes);
  Reply reply;
  EXPECT_EQ(parser.next(reply), Status::reply) << bytes;
  Reply more;
  EXPECT_EQ(parser.next(more), Status::more) << bytes;
  return reply;
}
Status status_of(std::string_view bytes) {
  ReplyParser parser;
  parser.feed(bytes);
  Reply reply;
  return parser.next(reply);
}
Reply text(std::string value) { return {.kind = Kind::text, .text = std::move(value)}; }
Reply integer(std::int64_t value) { return {.kind = Kind::integer, .integer = value}; }

TEST(ReplyParser, ReadsEveryKindOfText) {
  EXPECT_EQ(parse("+OK\r\n"), text("OK"));
  EXPECT_EQ(parse("$5\r\na\r\nb\n\r\n"), text("a\r\nb\n"));
  EXPECT_EQ(parse("$0\r\n\r\n"), text(""));
  EXPECT_EQ(parse("=7\r\ntxt:abc\r\n"), text("abc"));
  EXPECT_EQ(parse("=4\r\ntxt:\r\n"), text(""));
  EXPECT_EQ(parse(",1.5e3\r\n"), text("1.5e3"));
  EXPECT_EQ(parse("(34928903284092385093248509438509438\r\n"),
            text("34928903284092385093248509438509438"));
}

TEST(ReplyParser, ReadsNumbersTruthsAndNothing) {
  EXPECT_EQ(parse(":-9223372036854775808\r\n"), integer(INT64_MIN));
  EXPECT_EQ(parse("#t\r\n"), integer(1));
  EXPECT_EQ(parse("#f\r\n"), integer(0));
  for (const char* null : {"_\r\n", "$-1\r\n", "*-1\r\n"}) EXPECT_EQ(parse(null), Reply{});
}

TEST(ReplyParser, ReadsErrorsOfBothForms) {
  const Reply moved = parse("-MOVED 3999 127.0.0.1:6381\r\n");
  EXPECT_EQ(moved.kind, Kind::error);
  EXPECT_TRUE(moved.error_starts("MOVED"));
  EXPECT_FALSE(moved.error_starts("MOVE"));
  EXPECT_TRUE(parse("!5\r\nASK 1\r\n").error_starts("ASK"));
  EXPECT_FALSE(text("ASK").error_starts("ASK"));
}

TEST(ReplyParser, ReadsWhatIsNested) {
  const Reply reply = parse("*2\r\n%1\r\n+a\r\n:1\r\n~2\r\n$1\r\nx\r\n*0\r\n");
  ASSERT_EQ(reply.elements.size(), 2U);
  EXPECT_EQ(reply.elements[0].elements, (std::vector{text("a"), integer(1)})) << "a map in turn";
  EXPECT_EQ(reply.elements[1].elements, (std::vector{text("x"), Reply{.kind = Kind::array}}));
}

TEST(ReplyParser, TellsPushesFromReplies) {
  ReplyParser parser;
  parser.feed("+a\r\n>2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n+b\r\n");
  Reply reply;
  ASSERT_EQ(parser.next(reply), Status::reply);
  EXPECT_EQ(reply, text("a"));
  ASSERT_EQ(parser.next(reply), Status::reply);
  EXPECT_EQ(reply.kind, Kind::push);
  EXPECT_EQ(reply.elements.size(), 2U);
  ASSERT_EQ(parser.next(reply), Status::reply);
  EXPECT_EQ(reply, text("b"));
}

TEST(ReplyParser, WaitsForTheRest) {
  const std::string_view whole = "*2\r\n$3\r\nabc\r\n:12\r\n";
  ReplyParser parser;
  Reply reply;
  for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
    parser.feed(whole.substr(i, 1));
    ASSERT_EQ(parser.next(reply), Status::more) << i;
  }
  parser.feed(whole.substr(whole.size() - 1));
  ASSERT_EQ(parser.next(reply), Status::reply);
  EXPECT_EQ(reply.elements, (std::vector{text("abc"), integer(12)}));
}

TEST(ReplyParser, RefusesWhatIsNotRespAndStaysThere) {
  for (const char* bad : {"hello\r\n",
                          "\r\n",
                          ":\r\n",
                          ":1x\r\n",
                          "#y\r\n",
                          "_x\r\n",
                          "$-2\r\n",
                          "$x\r\n",
                          "*-2\r\n",
                          "$1\r\nab\r\n",
                          "$?\r\n",
                          "|1\r\n",
                          "+a\nb\r\n",
                          "=3\r\ntxt\r\n",
                          "=5\r\ntxtab\r\n",
                          "=4\r\ntxt:ab",
                          "!-1\r\n",
                          "=-1\r\n",
                          "~-1\r\n",
                          ">-1\r\n",
                          "%-1\r\n",
                          ">0\r\n",
                          "*1\r\n>1\r\n+a\r\n"}) {
    EXPECT_EQ(status_of(bad), Status::bad) << bad;
  }
  ReplyParser parser;
  parser.feed("x\r\n+OK\r\n");
  Reply reply;
  EXPECT_EQ(parser.next(reply), Status::bad);
  parser.feed("+OK\r\n");
  EXPECT_EQ(parser.next(reply), Status::bad);
}

TEST(ReplyParser, RefusesWhatIsBeyondItsLimits) {
  EXPECT_EQ(status_of("$" + std::to_string(ReplyParser::kMaxBulk + 1) + "\r\n"), Status::bad);
  EXPECT_EQ(status_of("$" + std::to_string(ReplyParser::kMaxBulk) + "\r\n"), Status::more);
  EXPECT_EQ(status_of("*" + std::to_string(ReplyParser::kMaxElements + 1) + "\r\n"), Status::bad);
  EXPECT_EQ(status_of("*1048576\r\n"), Status::more);
  EXPECT_EQ(status_of("%524288\r\n"), Status::more);
  EXPECT_EQ(status_of("%524289\r\n"), Status::bad) << "a map has two for each";
  EXPECT_EQ(status_of("*1048576\r\n*1048576\r\n"), Status::bad) << "in all, not each";
  EXPECT_EQ(status_of(std::string(ReplyParser::kMaxLine + 2, '+')), Status::bad);
  const std::string line = "+" + std::string(ReplyParser::kMaxLine - 1, 'x');
  EXPECT_EQ(status_of(line + "\r\n"), Status::reply);
  EXPECT_EQ(status_of(line + "\r"), Status::more) << "its line feed is on the way";
  EXPECT_EQ(status_of(line + "yy"), Status::bad);
  EXPECT_EQ(status_of(line + "y\r\n"), Status::bad);
  std::string deep;
  for (std::size_t i = 0; i < ReplyParser::kMaxDepth; ++i) deep += "*1\r\n";
  EXPECT_EQ(status_of(deep + ":1\r\n"), Status::reply);
  EXPECT_EQ(status_of("*1\r\n" + deep + ":1\r\n"), Status::bad);
}

TEST(ReplyParser, CountsElementsForEachReplyAnew) {
  ReplyParser parser;
  Reply reply;
  parser.feed("*1\r\n_\r\n*" + std::to_string(ReplyParser::kMaxElements) + "\r\n");
  ASSERT_EQ(parser.next(reply), Status::reply);
  EXPECT_EQ(parser.next(reply), Status::more) << "the one of before does not count";
}

// Bytes that were read are given up while others wait: nothing of those is lost.
TEST(ReplyParser, ReadsOnAcrossMuchThatCameBefore) {
  const std::string long_text(100'000, 'x');
  const std::string bulk = "$100000\r\n" + long_text + "\r\n";
  ReplyParser parser;
  Reply reply;
  parser.feed(bulk + "+one\r");
  ASSERT_EQ(parser.next(reply), Status::reply);
  EXPECT_EQ(reply.text, long_text);
  ASSERT_EQ(parser.next(reply), Status::more);
  parser.feed("\n" + bulk + "$3\r\ntw");
  ASSERT_EQ(parser.next(reply), Status::reply);
  EXPECT_EQ(reply, text("one"));
  ASSERT_EQ(parser.next(reply), Status::reply);
  ASSERT_EQ(parser.next(reply), Status::more);
  parser.feed("o\r\n");
  ASSERT_EQ(parser.next(reply), Status::reply);
  EXPECT_EQ(reply, text("two"));
}

}  // namespace
}  // namespace latchkey::redis
