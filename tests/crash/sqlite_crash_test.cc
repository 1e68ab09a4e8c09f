#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "latchkey/sqlite.h"
#include "latchkey/testing/store_fixture.h"
#include "tests/support/temp_directory.h"

// kill -9 at random moments during logins and revocations. A child process works on the store with
// several threads and reports each step over a pipe before it takes the next; whatever it reported
// as acknowledged must hold when the file is opened again. LATCHKEY_FULL=1 makes 10,000 of them.
namespace latchkey::testing {
namespace {

constexpr int kThreads = 4;
constexpr std::uint32_t kPerRound = 1'000'000;  // numbers of one round; a thread has its share

std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

SessionId id_of(std::uint32_t number) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  for (std::uint64_t i = 0; i < SessionId::kLength; ++i) {
    text += kAlphabet[mix(std::uint64_t{number} * 64 + i) % kAlphabet.size()];
  }
  return SessionId::parse(text).value();
}

SessionRecord record_of(std::uint32_t number) {
  SessionRecord record;
  record.id = id_of(number);
  record.secret_hash.bytes.fill(static_cast<std::uint8_t>(number));
  record.user_id = UserId(std::int64_t{number % 100});
  record.created_at = record.authenticated_at = record.last_seen_at = kStart;
  record.idle_expires_at = kStart + kIdle;
  record.absolute_expires_at = kStart + kAbsolute;
  record.idle = kIdle;
  record.level = 1;
  return record;
}

enum class Step : std::uint32_t { logged_in, revoking, revoked };
struct Report {
  Step step;
  std::uint32_t number;
};

// work logs in and out until it is killed, or returns when something fails.
void work(Store& store, int pipe, std::uint32_t first) {
  const auto report = [&](Step step, std::uint32_t number) {
    const Report line{step, number};
    return ::write(pipe, &line, sizeof line) == static_cast<ssize_t>(sizeof line);
  };
  for (std::uint32_t number = first;; ++number) {
    const SessionId id = id_of(number);
    const auto inserted = store.sessions().insert(record_of(number), {.now = kStart});
    if (!inserted || inserted->status != InsertStatus::inserted) return;
    if (!report(Step::logged_in, number)) return;
    const Touch touch{id, kStart + Millis{1}, kStart + kIdle + Millis{1}};
    if (!store.sessions().touch({&touch, 1})) return;
    if (mix(number) % 2 == 0) continue;
    if (!report(Step::revoking, number)) return;
    const auto removed = store.sessions().remove({&id, 1}, EndReason::logout, kStart);
    if (!removed || *removed != 1 || !report(Step::revoked, number)) return;
  }
}

// run_child does not return.
[[noreturn]] void run_child(const std::string& path, int pipe, std::uint32_t first) {
  const Result<std::unique_ptr<Store>> store = open_sqlite({.path = path});
  if (!store) ::_exit(1);
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < kThreads; ++i) {
    const std::uint32_t begin = first + i * (kPerRound / kThreads);
    threads.emplace_back([&store, pipe, begin] { work(**store, pipe, begin); });
  }
  for (std::thread& thread : threads) thread.join();
  ::_exit(2);
}

using Known = std::map<std::uint32_t, Step>;  // the last report about each session

// run_until_killed returns how many steps the child acknowledged before it was killed in the middle
// of a later one.
int run_until_killed(const std::string& path, std::uint32_t round, int steps, Known& known) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return 0;
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    run_child(path, ends[1], round * kPerRound);
  }
  ::close(ends[1]);
  int acknowledged = 0;
  bool killed = false;
  Report report{};
  // After the kill the pipe still holds what was acknowledged before it.
  while (::read(ends[0], &report, sizeof report) == static_cast<ssize_t>(sizeof report)) {
    known[report.number] = report.step;
    acknowledged += report.step == Step::revoking ? 0 : 1;
    if (killed || acknowledged < steps) continue;
    const auto moment =
        std::chrono::steady_clock::now() + std::chrono::microseconds{mix(round) % 2000};
    while (std::chrono::steady_clock::now() < moment) {
    }
    killed = ::kill(child, SIGKILL) == 0;
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(ends[0]);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child gave up by itself: " << WEXITSTATUS(status);
  return acknowledged;
}

void check(const std::string& path, const Known& known) {
  const Result<std::unique_ptr<Store>> store = open_sqlite({.path = path, .create = false});
  ASSERT_TRUE(store) << store.error().detail;
  for (const auto& [number, step] : known) {
    const SessionId id = id_of(number);
    const std::vector<Found> found = must((*store)->sessions().find({&id, 1}, {}));
    ASSERT_EQ(found.size(), 1U);
    if (step != Step::revoking) {
      EXPECT_EQ(found[0].record.has_value(), step == Step::logged_in)
          << "an acknowledged " << (step == Step::revoked ? "logout" : "login") << " was lost";
    }
    // Killed in the middle of a revocation, either is right, but nothing else is.
    EXPECT_NE(found[0].record.has_value(), found[0].tombstone.has_value()) << number;
  }
}

TEST(SqliteCrash, WhatWasAcknowledgedHoldsAfterKill9) {
  const TempDirectory directory;
  const std::string path = directory.path() + "/sessions.db";
  const int wanted = scaled(600, 10'000);
  const int rounds = scaled(20, 200);
  Known all;
  int acknowledged = 0;
  std::uint32_t round = 0;
  while (round < static_cast<std::uint32_t>(rounds) || acknowledged < wanted) {
    ++round;
    const int steps = 1 + static_cast<int>(mix(round + 1000) % 100);
    Known known;
    acknowledged += run_until_killed(path, round, steps, known);
    check(path, known);
    if (HasFailure()) return;
    all.merge(known);
  }
  check(path, all);
  RecordProperty("acknowledged", acknowledged);
  EXPECT_GE(acknowledged, wanted);
}

}  // namespace
}  // namespace latchkey::testing
