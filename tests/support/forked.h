#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "latchkey/sessions.h"
#include "latchkey/store.h"

// What becomes of what a process opened when it forks (F11).
namespace latchkey::testing {

// in_child runs `body` in a forked child and returns what it returned; less than 0: a signal ended
// it, SIGALRM when it hung.
template <class Body>
int in_child(const Body& body) {
  constexpr unsigned kPatienceSeconds = 20;
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(kPatienceSeconds);
    ::_exit(body());
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

// refuses tells whether a call failed because the store is the parent's.
template <class T>
bool refuses(const Result<T>& answer) {
  return !answer && answer.error().code == Errc::bad_config &&
         answer.error().detail.find("fork()") != std::string::npos;
}

// count_answers calls everything of a store that the parent opened and returns how many calls were
// not refused.
inline int count_answers(Store& store) {
  SessionRecord record;
  record.id = SessionId::parse("06SAAAAAAAAAAAAAAAAAAAA").value();
  record.user_id = UserId::parse("forked").value();
  record.idle_expires_at = record.absolute_expires_at = kNever;
  const std::span<const SessionId> ids(&record.id, 1);
  const Touch touch{record.id, {}, {}};
  Found out;
  SessionStore& sessions = store.sessions();
  sessions.watch([](const Invalidation&) {});
  sessions.watch(nullptr);
  const bool refused[] = {refuses(sessions.insert(record, {.max_per_user = 3})),
                          refuses(sessions.find(ids, {})),
                          refuses(sessions.find(ids, {.with_user = true, .fresh = true})),
                          refuses(sessions.find_one(record.id, {}, out)),
                          refuses(sessions.touch({&touch, 1})),
                          refuses(sessions.replace(record, 1, {})),
                          refuses(sessions.remove(ids, EndReason::logout, {})),
                          refuses(sessions.remove_user(record.user_id, {})),
                          refuses(sessions.list_user(record.user_id, {})),
                          refuses(sessions.prune({}, 10)),
                          refuses(store.users().find_user(record.user_id)),
                          refuses(store.users().find_username("forked")),
                          refuses(store.users().add_user({})),
                          refuses(store.users().set_disabled(record.user_id, true)),
                          refuses(store.users().delete_user(record.user_id, {})),
                          refuses(store.users().list_users({}, 10)),
                          refuses(store.epochs().user_epoch(record.user_id)),
                          refuses(store.denials().standing("key", record.user_id)),
                          refuses(store.keys().keys())};
  int answered = 0;
  for (const bool one : refused) answered += one ? 0 : 1;
  return answered;
}

// fork_under_load forks while threads of the parent use the store, so that locks are held, and
// returns the first exit code of a child that was not 0. Each child destroys the store.
inline int fork_under_load(std::unique_ptr<Store>& store, int forks = 10) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> busy;
  for (int thread = 0; thread < 3; ++thread) {
    busy.emplace_back([&] {
      const SessionId id = SessionId::parse("06SBBBBBBBBBBBBBBBBBBBB").value();
      const Touch touch{id, {}, {}};
      while (!stop) {
        (void)store->sessions().find({&id, 1}, {});
        (void)store->sessions().touch({&touch, 1});
      }
    });
  }
  int code = 0;
  for (int i = 0; i < forks && code == 0; ++i) {
    code = in_child([&] {
      const int answered = count_answers(*store);
      store.reset();
      return answered;
    });
  }
  stop = true;
  for (std::thread& thread : busy) thread.join();
  return code;
}

}  // namespace latchkey::testing
