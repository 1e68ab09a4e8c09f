#include "server/http/body_reader.h"

#include <gtest/gtest.h>

namespace latchkey::server {
namespace {

// Read is what became of a chunked body that came in pieces.
struct Read {
  std::string body;
  std::size_t used = 0;
  int refusal = 0;
  bool done = false;
};

Read read_chunks(std::string_view input, std::size_t piece, std::uint64_t limit = 100) {
  BodyReader reader;
  reader.begin_chunks(limit);
  Read read;
  while (read.used < input.size() && !reader.done() && reader.refusal() == 0) {
    const std::string_view next = input.substr(read.used, piece);
    const std::size_t used = reader.read(next, read.body);
    read.used += used;
    if (used < next.size()) break;
  }
  read.refusal = reader.refusal();
  read.done = reader.done();
  return read;
}

TEST(BodyReader, ReadsAKnownLengthAndLeavesTheRest) {
  BodyReader reader;
  reader.begin_length(5);
  std::string body;
  EXPECT_EQ(reader.read("he", body), 2U);
  EXPECT_FALSE(reader.done());
  EXPECT_EQ(reader.read("lloGET /", body), 3U);
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(body, "hello");
  reader.begin_length(0);
  EXPECT_TRUE(reader.done());
}

TEST(BodyReader, ReadsChunksInAnyPieces) {
  const std::string_view input = "2\r\nhe\r\n00a\r\nllo, world\r\n0\r\n\r\nGET /";
  for (std::size_t piece = 1; piece <= input.size(); ++piece) {
    const Read read = read_chunks(input, piece);
    EXPECT_TRUE(read.done) << piece;
    EXPECT_EQ(read.body, "hello, world");
    EXPECT_EQ(read.used, input.size() - 5);
  }
}

TEST(BodyReader, EachChunkHasItsOwnDigits) {
  std::string input;
  for (int chunk = 0; chunk < 40; ++chunk) input += "1\r\nx\r\n";
  EXPECT_EQ(read_chunks(input + "0\r\n\r\n", 100).body, std::string(40, 'x'));
}

// Two packets like these made an assertion of Beast's own parser abort the program.
TEST(BodyReader, M6TakesAnEmptyBodyWhoseEndComesByteByByte) {
  BodyReader reader;
  reader.begin_chunks(100);
  std::string body;
  EXPECT_EQ(reader.read("0\r\n", body), 3U);
  EXPECT_EQ(reader.read("\r", body), 1U);
  EXPECT_FALSE(reader.done());
  EXPECT_EQ(reader.read("\n", body), 1U);
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(body, "");
}

TEST(BodyReader, R142RefusesWhatIsNoPlainChunk) {
  for (const char* input :
       {"\r\n", "2\n", "2 \r\n", "2;a\r\n", "g\r\n", "-2\r\n", "+2\r\n", "0x2\r\n", "2\rx",
        "2\r\nok0", "2\r\nok\r0", "2\r\nok\n", "0\r\nA: b\r\n\r\n", "0\r\n\rx",
        "00000000000000000\r\n", "fffffffffffffffff\r\n"}) {
    for (const std::size_t piece : {1U, 100U}) {
      EXPECT_EQ(read_chunks(input, piece).refusal, 400) << input;
    }
  }
}

TEST(BodyReader, R143AllChunksTogetherKeepTheLimit) {
  EXPECT_EQ(read_chunks("4\r\nabcd\r\n1\r\ne\r\n0\r\n\r\n", 100, 5).body, "abcde");
  EXPECT_EQ(read_chunks("4\r\nabcd\r\n2\r\n", 100, 5).refusal, 413);
  EXPECT_EQ(read_chunks("ffffffffffffffff\r\n", 1, 5).refusal, 413);
}

}  // namespace
}  // namespace latchkey::server
