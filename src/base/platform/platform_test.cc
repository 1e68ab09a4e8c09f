#include "base/platform/platform.h"

#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

namespace latchkey::platform {
namespace {

TEST(Platform, TheCoarseClockNeverGoesBack) {
  std::int64_t last = coarse_millis();
  EXPECT_GT(last, 0);
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t now = coarse_millis();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(Platform, RandomOctetsFillWhatIsAskedForAndNoMore) {
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{256}, std::size_t{257}, std::size_t{1000}}) {
    std::vector<std::uint8_t> out(size + 1, 0);
    ASSERT_TRUE(draw_random(out.data(), size));
    EXPECT_EQ(out.back(), 0);
    // Of 32 octets and more, all zeros come once in 2^256.
    if (size >= 32) {
      EXPECT_NE(std::vector<std::uint8_t>(out.end() - 33, out.end() - 1),
                std::vector<std::uint8_t>(32, 0))
          << "the last part of " << size;
    }
  }
}

TEST(Platform, WipedMemoryIsZero) {
  std::array<unsigned char, 100> memory{};
  memory.fill(7);
  wipe_memory(memory.data() + 1, 98);
  EXPECT_EQ(memory.front(), 7);
  EXPECT_EQ(memory.back(), 7);
  for (std::size_t i = 1; i < 99; ++i) EXPECT_EQ(memory[i], 0) << i;
}

TEST(Platform, TheSizeOfABlockIsKnownOrSaidNotToBe) {
  const auto block = std::make_unique<char[]>(100);
  const std::size_t size = usable_size(block.get());
  EXPECT_TRUE(size == 0 || size >= 100) << size;
}

TEST(Platform, WhoWaitsForAWordIsWoken) {
  std::atomic<std::uint32_t> word{0};
  std::atomic<int> gone{0};
  std::vector<std::thread> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.emplace_back([&] {
      while (word.load() == 0) wait_while(word, 0);
      ++gone;
    });
  }
  word = 1;
  wake_one(word);
  wake_all(word);
  for (std::thread& thread : waiting) thread.join();
  EXPECT_EQ(gone, 3);
}

TEST(Platform, AWakeUpIsReadableFromRingToDrain) {
  WakeUp wake;
  ASSERT_GE(wake.descriptor(), 0);
  const auto readable = [&] {
    pollfd one{wake.descriptor(), POLLIN, 0};
    return ::poll(&one, 1, 0) == 1;
  };
  EXPECT_FALSE(readable());
  EXPECT_TRUE(wake.ring());
  EXPECT_TRUE(wake.ring());
  EXPECT_TRUE(readable());
  wake.drain();
  EXPECT_FALSE(readable());
}

TEST(Platform, TheFolderOfDescriptorsListsOneThatIsOpen) {
  DIR* folder = ::opendir(descriptor_folder());
  ASSERT_NE(folder, nullptr);
  const std::string own = std::to_string(::dirfd(folder));
  bool found = false;
  while (const dirent* entry = ::readdir(folder)) found = found || own == entry->d_name;
  ::closedir(folder);
  EXPECT_TRUE(found);
}

bool is_inherited(int descriptor) { return (::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) == 0; }

TEST(Platform, ProgramsInheritNoPipeAndNoSocket) {
  int ends[2];
  ASSERT_TRUE(open_pipe(ends));
  const int waits = open_socket(AF_UNIX, SOCK_STREAM);
  const int never_waits = open_unblocked_socket(AF_UNIX, SOCK_STREAM);
  for (const int one : {ends[0], ends[1], waits, never_waits}) {
    ASSERT_GE(one, 0);
    EXPECT_FALSE(is_inherited(one));
  }
  EXPECT_EQ(::fcntl(waits, F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(never_waits, F_GETFL) & O_NONBLOCK, 0);
  for (const int one : {ends[0], ends[1], waits, never_waits}) ::close(one);
}

TEST(Platform, SendToAPeerThatHasGoneIsAnError) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  ::close(ends[1]);
  EXPECT_EQ(::send(ends[0], "x", 1, send_flags()), -1);
  EXPECT_EQ(errno, EPIPE);
  ::close(ends[0]);
}

TEST(Platform, ABlockedSignalIsTakenOnceAndNoneIsNotWaitedForInVain) {
  sigset_t signals, before;
  sigemptyset(&signals);
  sigaddset(&signals, SIGHUP);
  sigaddset(&signals, SIGTERM);
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &signals, &before), 0);
  EXPECT_EQ(await_signal(signals, 0), 0);
  ASSERT_EQ(::pthread_kill(::pthread_self(), SIGTERM), 0);
  EXPECT_EQ(await_signal(signals, 20'000), SIGTERM);
  EXPECT_EQ(await_signal(signals, 20), 0);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST(Platform, RoomForAFileIsFoundWithoutMakingItLonger) {
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  const int descriptor = ::fileno(file);
  const int failed = reserve_space(descriptor, 0, 4096);
  EXPECT_TRUE(failed == 0 || failed == EOPNOTSUPP) << failed;
  struct stat found {};
  ASSERT_EQ(::fstat(descriptor, &found), 0);
  EXPECT_EQ(found.st_size, 0);
  EXPECT_GT(modified_at(found).tv_sec, 0);
  std::fclose(file);
}

}  // namespace
}  // namespace latchkey::platform
