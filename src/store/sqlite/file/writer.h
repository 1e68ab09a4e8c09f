#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/fork.h"
#include "base/mutex.h"
#include "latchkey/store.h"
#include "store/sqlite/file/checkpoint.h"
#include "store/sqlite/file/connection.h"
#include "store/sqlite/file/event.h"
#include "store/sqlite/file/file.h"

namespace latchkey::sqlite {

// Durability of a write: `full` survives a power failure once it is acknowledged, `relaxed`
// survives the end of the process.
enum class Durability : std::uint8_t { relaxed, full };

struct WriterOptions {
  std::string instance{};
  Millis busy_timeout{0};
  Millis watch_every{50};
  std::size_t max_group = 64;
};

// Writer owns the only connection that writes. Callers that come while nobody writes lead: they run
// their job and all that wait with it, up to max_group, in one transaction, and one commit and one
// wake-up serve them all. Who comes meanwhile waits in the next group, and one of it leads then. So
// a caller that is alone waits for no other thread. A thread looks for commits of others while
// somebody watches.
//
// A job that fails with invalid_argument or too_large before it changed anything fails alone. Any
// other error undoes the whole group and is the answer to each of its callers.
class Writer {
 public:
  Writer(std::unique_ptr<Connection> connection, std::unique_ptr<Checkpointer> checkpointer,
         const FileGuard& guard, const WriterOptions& options);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // run calls `body(Connection&)`, which returns a Result, inside a transaction, perhaps on another
  // caller's thread, and returns its result after the commit.
  template <class Body>
  auto run(Durability durability, Body&& body) {
    using Answer = std::invoke_result_t<Body, Connection&>;
    struct BodyJob final : Job {
      explicit BodyJob(Body& called) : body(called) {}
      const Error* execute(Connection& connection) override {
        answer.emplace(body(connection));
        return *answer ? nullptr : &answer->error();
      }
      Body& body;
      std::optional<Answer> answer;
    };
    BodyJob job(body);
    job.durability = durability;
    if (std::optional<Error> failure = submit(job)) return Answer(*std::move(failure));
    return *std::move(job.answer);
  }

  // watch replaces the sink; no call to the old one is under way when it returns.
  std::optional<Millis> watch(SessionStore::Sink sink) LATCHKEY_EXCLUDES(mutex_, sink_mutex_);
  std::optional<WatchStatus> watch_status() const;

 private:
  struct Job {
    virtual ~Job() = default;
    virtual const Error* execute(Connection& connection) = 0;
    Durability durability = Durability::full;
  };
  // Group is what one commit holds. The last of its callers frees it.
  struct Group {
    std::vector<Job*> jobs;
    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
    std::optional<Error> failure;
    Turn turn;
  };
  // Lead is the right to use the connection, which one thread has at a time. It exists for the
  // compiler's analysis only: led_ tells whether somebody has it.
  class LATCHKEY_CAPABILITY("lead") Lead {
   public:
    void take() LATCHKEY_ACQUIRE() {}
    void give() LATCHKEY_RELEASE() {}
  };

  std::optional<Error> submit(Job& job) LATCHKEY_EXCLUDES(mutex_);
  // lead commits the first group, of which the caller is one.
  void lead() LATCHKEY_EXCLUDES(mutex_);
  // hand_on lets one of the next group lead, or leaves the lead to the next caller that comes.
  void hand_on() LATCHKEY_EXCLUDES(mutex_);
  std::shared_ptr<Group> next_group() LATCHKEY_EXCLUDES(mutex_) LATCHKEY_REQUIRES(lead_);
  void gather() LATCHKEY_REQUIRES(mutex_, lead_);
  void watch_others() LATCHKEY_EXCLUDES(mutex_);
  // take_lead_to_look waits until it is time to look for commits of others. False: the writer ends.
  bool take_lead_to_look() LATCHKEY_EXCLUDES(mutex_);
  Result<void> commit_group(Group& group) LATCHKEY_REQUIRES(lead_);
  Result<void> run_jobs(Group& group) LATCHKEY_REQUIRES(lead_);
  Result<void> set_synchronous(const Group& group) LATCHKEY_REQUIRES(lead_);
  Result<void> begin(std::chrono::steady_clock::time_point deadline) LATCHKEY_REQUIRES(lead_);
  void rollback() LATCHKEY_REQUIRES(lead_);
  Result<void> check_instance() LATCHKEY_REQUIRES(lead_);
  Result<bool> others_committed() LATCHKEY_REQUIRES(lead_);
  Result<void> look_for_others() LATCHKEY_REQUIRES(lead_);
  void tell_everything() LATCHKEY_EXCLUDES(sink_mutex_);

  const std::unique_ptr<Connection> connection_;
  const std::unique_ptr<Checkpointer> checkpointer_;
  const FileGuard& guard_;
  const WriterOptions options_;
  const ForkGuard forked_;

  Lead lead_;
  std::int64_t data_version_ LATCHKEY_GUARDED_BY(lead_) = 0;
  // Others committed since the marker was last read.
  bool instance_doubtful_ LATCHKEY_GUARDED_BY(lead_) = false;
  int log_pages_ LATCHKEY_GUARDED_BY(lead_) = 0;
  std::optional<Durability> synchronous_ LATCHKEY_GUARDED_BY(lead_);
  std::chrono::steady_clock::duration last_took_ LATCHKEY_GUARDED_BY(lead_){};
  std::size_t last_size_ LATCHKEY_GUARDED_BY(lead_) = 0;

  Mutex mutex_;
  Condition gathered_;  // the first group has as many jobs as its leader wants
  Condition changed_;   // for the thread that looks for commits of others
  // Empty when nobody leads.
  std::deque<std::shared_ptr<Group>> queue_ LATCHKEY_GUARDED_BY(mutex_);
  bool led_ LATCHKEY_GUARDED_BY(mutex_) = false;
  std::size_t wanted_ LATCHKEY_GUARDED_BY(mutex_) = 0;  // 0: nobody gathers
  bool stopping_ LATCHKEY_GUARDED_BY(mutex_) = false;
  Mutex sink_mutex_;
  SessionStore::Sink sink_ LATCHKEY_GUARDED_BY(sink_mutex_);
  std::atomic<bool> watching_{false};
  // What the last look for commits of others gave, and when one last went well.
  std::atomic<bool> looked_{false};
  std::atomic<std::chrono::steady_clock::time_point> looked_at_{std::chrono::steady_clock::now()};
  std::thread watcher_;
};

}  // namespace latchkey::sqlite
