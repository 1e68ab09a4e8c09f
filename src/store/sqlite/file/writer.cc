#include "store/sqlite/file/writer.h"

#include <pthread.h>

#include <algorithm>

#include "base/log.h"
#include "base/platform/platform.h"
#include "store/sqlite/file/schema.h"

namespace latchkey::sqlite {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

int keep_log_pages(void* out, sqlite3*, const char*, int pages) {
  *static_cast<int*>(out) = pages;
  return SQLITE_OK;
}

constexpr std::chrono::steady_clock::duration kMaxGather = std::chrono::milliseconds{2};

bool failed_alone(Errc code) noexcept {
  return code == Errc::invalid_argument || code == Errc::too_large;
}

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, std::unique_ptr<Checkpointer> checkpointer,
               const FileGuard& guard, const WriterOptions& options)
    : connection_(std::move(connection)),
      checkpointer_(std::move(checkpointer)),
      guard_(guard),
      options_(options) {
  // Waiting for other processes is done in begin(), which looks for their commits meanwhile.
  sqlite3_busy_timeout(connection_->handle(), 0);
  sqlite3_wal_hook(connection_->handle(), keep_log_pages, &log_pages_);
  if (!others_committed()) data_version_ = 0;
  watcher_ = std::thread([this] { watch_others(); });
}

Writer::~Writer() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  watcher_.join();
  // Closing the last connection deletes the -wal by its name, which may be another database's now.
  if (!guard_.verify() || !guard_.verify_alone()) connection_->leave_log_on_close();
}

std::optional<Millis> Writer::watch(SessionStore::Sink sink) {
  if (forked_.crossed()) return std::nullopt;
  {
    MutexLock lock(sink_mutex_);
    watching_.store(static_cast<bool>(sink));
    sink_ = std::move(sink);
  }
  {
    // Taken so that the thread cannot have looked at watching_ and not be waiting yet.
    MutexLock lock(mutex_);
  }
  changed_.notify_one();
  return 2 * options_.watch_every;
}

std::optional<WatchStatus> Writer::watch_status() const {
  if (!watching_.load()) return std::nullopt;
  const auto ago = std::chrono::steady_clock::now() - looked_at_.load();
  return WatchStatus{.up = looked_, .heard_ago = std::chrono::duration_cast<Millis>(ago)};
}

std::optional<Error> Writer::submit(Job& job) {
  if (forked_.crossed()) return forked_error();
  std::shared_ptr<Group> group;
  bool leads = false;
  bool complete = false;
  {
    MutexLock lock(mutex_);
    if (queue_.empty() || queue_.back()->jobs.size() >= options_.max_group) {
      queue_.push_back(std::make_shared<Group>());
      queue_.back()->jobs.reserve(options_.max_group);
    }
    group = queue_.back();
    group->jobs.push_back(&job);
    leads = !std::exchange(led_, true);
    complete = queue_.front()->jobs.size() == wanted_;
  }
  if (complete) gathered_.notify_one();
  if (leads || group->turn.wait() == Turn::kLead) lead();
  return group->failure;
}

void Writer::lead() {
  lead_.take();
  const std::shared_ptr<Group> group = next_group();
  const SteadyTime begun = std::chrono::steady_clock::now();
  Result<void> committed = commit_group(*group);
  last_took_ = std::chrono::steady_clock::now() - begun;
  lead_.give();
  if (!committed) group->failure = committed.error();
  hand_on();
  group->turn.call_all();
}

void Writer::hand_on() {
  std::shared_ptr<Group> next;
  {
    MutexLock lock(mutex_);
    if (queue_.empty()) {
      led_ = false;
      return;
    }
    next = queue_.front();
  }
  next->turn.call_leader();
}

std::shared_ptr<Writer::Group> Writer::next_group() {
  MutexLock lock(mutex_);
  gather();
  std::shared_ptr<Group> group = std::move(queue_.front());
  queue_.pop_front();
  last_size_ = group->jobs.size();
  return group;
}

// gather waits for the callers that the last commit woke to come back with their next job: full
// groups cost less of everything. It never waits longer than that commit took, and not at all for
// callers that come one at a time.
void Writer::gather() {
  if (last_size_ < 2) return;
  wanted_ = std::min(last_size_ + queue_.front()->jobs.size(), options_.max_group);
  const SteadyTime deadline = std::chrono::steady_clock::now() + std::min(last_took_, kMaxGather);
  while (queue_.front()->jobs.size() < wanted_) {
    const SteadyTime now = std::chrono::steady_clock::now();
    if (now >= deadline) break;
    gathered_.wait_for(mutex_, deadline - now);
  }
  wanted_ = 0;
}

// A commit looks by itself, so nobody looks while somebody leads.
bool Writer::take_lead_to_look() {
  MutexLock lock(mutex_);
  while (true) {
    while (!stopping_ && !watching_.load()) changed_.wait(mutex_);
    if (!stopping_) changed_.wait_for(mutex_, options_.watch_every);
    if (stopping_) return false;
    if (watching_.load() && !std::exchange(led_, true)) return true;
  }
}

void Writer::watch_others() {
  platform::name_thread("lk-watch");
  while (take_lead_to_look()) {
    lead_.take();
    (void)look_for_others();
    lead_.give();
    hand_on();
  }
}

Result<void> Writer::commit_group(Group& group) {
  if (Result<void> in_place = guard_.verify(); !in_place) return in_place;
  if (Result<void> alone = guard_.verify_alone(); !alone) return alone;
  if (Result<void> set = set_synchronous(group); !set) return set;
  if (Result<void> begun = begin(group.begun + options_.busy_timeout); !begun) return begun;
  // Inside the transaction nobody else can commit: what is checked now stays true.
  Result<void> done = check_instance();
  if (done) done = run_jobs(group);
  if (done) done = Query(*connection_, Sql::commit).run();
  if (!done) {
    rollback();
    return done;
  }
  if (checkpointer_) {
    checkpointer_->note_commit(log_pages_);
    if (checkpointer_->restart_wanted() && guard_.verify_alone())
      restart_log(*connection_, log_pages_);
  }
  // A commit into files that were taken away meanwhile is not acknowledged, nor one beside another
  // copy of SQLite.
  if (Result<void> alone = guard_.verify_alone(); !alone) return alone;
  return guard_.verify();
}

Result<void> Writer::check_instance() {
  if (Result<void> looked = look_for_others(); !looked) return looked;
  if (!instance_doubtful_) return {};
  Result<void> same = verify_instance(*connection_, options_.instance);
  if (same) instance_doubtful_ = false;
  return same;
}

Result<void> Writer::run_jobs(Group& group) {
  for (Job* job : group.jobs) {
    const std::int64_t changes_before = sqlite3_total_changes64(connection_->handle());
    const Error* error = job->execute(*connection_);
    if (error == nullptr) continue;
    const bool untouched = sqlite3_total_changes64(connection_->handle()) == changes_before;
    if (!untouched || !failed_alone(error->code)) return *error;
  }
  return {};
}

Result<void> Writer::set_synchronous(const Group& group) {
  const bool full = std::any_of(group.jobs.begin(), group.jobs.end(),
                                [](const Job* job) { return job->durability == Durability::full; });
  const Durability wanted = full ? Durability::full : Durability::relaxed;
  if (synchronous_ == wanted) return {};
  Result<void> set =
      connection_->exec(full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  if (set) synchronous_ = wanted;
  return set;
}

Result<void> Writer::begin(SteadyTime deadline) {
  Millis pause{1};
  while (true) {
    Result<void> begun = Query(*connection_, Sql::begin_write).run();
    if (begun || begun.error().code != Errc::store_busy) return begun;
    const SteadyTime now = std::chrono::steady_clock::now();
    if (now >= deadline) return begun;
    if (watching_.load()) (void)look_for_others();
    std::this_thread::sleep_for(std::min<SteadyTime::duration>(pause, deadline - now));
    pause = std::min(pause * 2, Millis{10});
  }
}

void Writer::rollback() {
  // Some failures have already ended the transaction.
  if (!connection_->in_transaction()) return;
  if (Result<void> undone = Query(*connection_, Sql::rollback).run(); !undone) {
    log(LogLevel::error, "store_rollback_failed", {{"detail", undone.error().detail}});
  }
}

Result<bool> Writer::others_committed() {
  Query query(*connection_, Sql::data_version);
  const std::int64_t before = data_version_;
  if (query.next()) data_version_ = query.integer(0);
  Result<void> read = query.status();
  looked_ = read.operator bool();
  if (!read) return read.error();
  looked_at_ = std::chrono::steady_clock::now();
  return data_version_ != before;
}

// Failing is harmless while nothing is written: the version counts on and tells of the change
// later.
Result<void> Writer::look_for_others() {
  const Result<bool> changed = others_committed();
  if (!changed) return changed.error();
  if (*changed) {
    instance_doubtful_ = true;
    tell_everything();
  }
  return {};
}

void Writer::tell_everything() {
  MutexLock lock(sink_mutex_);
  if (sink_) sink_(Invalidation{.ids = {}, .users = {}, .everything = true});
}

}  // namespace latchkey::sqlite
