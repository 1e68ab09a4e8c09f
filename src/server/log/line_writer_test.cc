#include "server/log/line_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <thread>

namespace latchkey::server {
namespace {

constexpr Millis kLong{20'000};

// Pipe is one whose reader reads when the test says so.
struct Pipe {
  Pipe() { EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0); }
  // The writing end stays open: the thread of a writer that gave up may still hold its number,
  // which another pipe would get.
  ~Pipe() { close_reader(); }
  void close_reader() {
    if (ends[0] >= 0) ::close(ends[0]);
    ends[0] = -1;
  }
  int writer() const { return ends[1]; }
  // read_until takes bytes up to and with `text`.
  std::string read_until(std::string_view text) const {
    std::string all;
    std::array<char, 4096> block;
    while (all.find(text) == std::string::npos) {
      const ssize_t bytes = ::read(ends[0], block.data(), block.size());
      if (bytes <= 0) break;
      all.append(block.data(), static_cast<std::size_t>(bytes));
    }
    return all;
  }
  std::array<int, 2> ends{-1, -1};
};

LineWriterOptions told(std::size_t max_bytes = std::size_t{1} << 20) {
  return {.max_bytes = max_bytes,
          .notice = [](std::uint64_t lost) { return "lost " + std::to_string(lost); }};
}

struct Reported {
  std::uint64_t lost = 0;
  std::uint64_t notices = 0;
};
// reported adds up what whole notices in `all` say.
Reported reported(const std::string& all) {
  constexpr std::string_view kNotice = "\nlost ";
  Reported sum;
  for (std::size_t at = all.find(kNotice); at != std::string::npos;
       at = all.find(kNotice, at + 1)) {
    if (all.find('\n', at + 1) == std::string::npos) break;
    sum.lost += std::stoull(all.substr(at + kNotice.size()));
    ++sum.notices;
  }
  return sum;
}

TEST(LineWriter, WritesLinesInOrder) {
  const Pipe pipe;
  LineWriter writer(pipe.writer(), told());
  for (int i = 0; i < 100; ++i) writer.write("line " + std::to_string(i));
  EXPECT_TRUE(writer.flush(kLong));
  const std::string all = pipe.read_until("line 99\n");
  EXPECT_TRUE(all.starts_with("line 0\nline 1\n")) << all;
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 100);
  EXPECT_EQ(writer.lost(), 0U);
}

TEST(LineWriter, F1AReaderThatDoesNotReadCostsLinesButNobodyWaits) {
  const Pipe pipe;
  LineWriter writer(pipe.writer(), told());
  const std::string line(1000, 'x');
  for (int i = 0; i < 4000; ++i) writer.write(line);  // 4 MB: pipe and queue hold little over 1
  EXPECT_GT(writer.lost(), 1000U);
  EXPECT_FALSE(writer.flush(Millis{20})) << "what is in the queue cannot go out";
}

TEST(LineWriter, F1LostLinesAreCountedAndReportedOnceTheReaderReads) {
  const Pipe pipe;
  LineWriter writer(pipe.writer(), told());
  const std::string line(1000, 'x');
  for (int i = 0; i < 4000; ++i) writer.write(line);
  const std::uint64_t lost = writer.lost();
  // One notice goes out with each batch, and how many batches there are is chance.
  std::string all = pipe.read_until("\nlost ");
  while (reported(all).lost < lost) all += pipe.read_until("\n");
  writer.write("after");
  all += pipe.read_until("after\n");
  EXPECT_TRUE(all.ends_with("\nafter\n"));
  EXPECT_EQ(reported(all).lost, lost);
  EXPECT_EQ(static_cast<std::uint64_t>(std::count(all.begin(), all.end(), '\n')),
            4000 - lost + reported(all).notices + 1)
      << "every line is written or counted";
  EXPECT_TRUE(writer.flush(kLong));
  EXPECT_EQ(writer.lost(), lost);
}

TEST(LineWriter, F1TheEndDoesNotWaitForAStuckReader) {
  const Pipe pipe;
  pollfd end{.fd = pipe.writer(), .events = POLLOUT, .revents = 0};
  {
    LineWriter writer(pipe.writer());
    for (int i = 0; i < 4000; ++i) writer.write(std::string(1000, 'x'));
    EXPECT_GT(writer.lost(), 0U) << "nobody reads";
    // Its thread may not have run yet.
    while (::poll(&end, 1, 0) != 0) std::this_thread::yield();
  }
  print_line(pipe.writer(), "last words", Millis{20});
  EXPECT_EQ(::poll(&end, 1, 0), 0) << "the pipe is still full, and both returned";
}

TEST(LineWriter, ADescriptorThatRefusesLosesLinesAndIsTriedAgain) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  LineWriter writer(full, told());
  writer.write("one");
  EXPECT_TRUE(writer.flush(kLong));
  writer.write("two");
  EXPECT_TRUE(writer.flush(kLong));
  EXPECT_EQ(writer.lost(), 2U) << "the notice that was refused, too, is no line of anybody";
  const Pipe pipe;
  ::dup2(pipe.writer(), full);  // the disk has room again
  writer.write("three");
  EXPECT_EQ(pipe.read_until("lost 2\n"), "three\nlost 2\n");
  EXPECT_TRUE(writer.flush(kLong));
  ::close(full);
}

TEST(LineWriter, ADescriptorThatIsClosedLosesLines) {
  LineWriter writer(-1, told());
  writer.write("one");
  EXPECT_TRUE(writer.flush(kLong));
  EXPECT_EQ(writer.lost(), 1U);
}

TEST(LineWriter, ANonBlockingDescriptorIsWaitedForByTheThreadAlone) {
  const Pipe pipe;
  ::fcntl(pipe.writer(), F_SETFL, O_NONBLOCK);
  LineWriter writer(pipe.writer(), told());
  for (int i = 0; i < 500; ++i) writer.write(std::string(1000, 'x'));
  writer.write("end");
  EXPECT_EQ(pipe.read_until("end\n").size(), 500U * 1001 + 4);
  EXPECT_EQ(writer.lost(), 0U);
}

TEST(LineWriter, ALineLongerThanAPieceStaysWhole) {
  const Pipe pipe;
  LineWriter writer(pipe.writer());
  writer.write("short");
  writer.write(std::string(10'000, 'y'));
  writer.write("end");
  EXPECT_EQ(pipe.read_until("end\n"), "short\n" + std::string(10'000, 'y') + "\nend\n");
}

}  // namespace
}  // namespace latchkey::server
