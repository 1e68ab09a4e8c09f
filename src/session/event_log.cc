#include "latchkey/event_log.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <thread>
#include <vector>

#include "base/base64url.h"
#include "base/fork.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/utf8.h"

namespace latchkey {
namespace {

// Events that come together are written together.
constexpr Millis kGather{100};
constexpr Millis kRetry = std::chrono::seconds{1};

void clean(std::string& text, std::size_t most) {
  if (!text.empty()) text = clean_line(text, most);
}

Result<void> complete(Event& event, const Clock& clock, Entropy& entropy) {
  std::array<std::uint8_t, kEventIdLength / 4 * 3> octets{};
  if (Result<void> drawn = entropy.fill(octets); !drawn) return drawn;
  event.id = base64url_encode(octets);
  if (event.at == UnixTime{}) event.at = std::clamp(clock.now(), UnixTime{}, kNever);
  clean(event.reason, kMaxEventReasonBytes);
  clean(event.account, kMaxEventAccountBytes);
  clean(event.address, kMaxEventAddressBytes);
  clean(event.user_agent, kMaxEventUserAgentBytes);
  clean(event.request_id, kMaxEventRequestIdBytes);
  return {};
}

}  // namespace

struct EventLog::Impl {
  Impl(EventStore& into, const EventLogOptions& given)
      : store(into),
        options(given),
        clock(given.clock != nullptr ? *given.clock : system_clock()),
        entropy(given.entropy != nullptr ? *given.entropy : system_entropy()),
        thread([this] { run(); }) {}

  void end() LATCHKEY_EXCLUDES(mutex) {
    {
      MutexLock lock(mutex);
      stopping = true;
    }
    wake.notify_all();
    thread.join();
  }

  void add(Event event) LATCHKEY_EXCLUDES(mutex) {
    if (forked.crossed()) return;
    const Result<void> completed = complete(event, clock, entropy);
    MutexLock lock(mutex);
    if (!completed || queue.size() >= options.queue) {
      ++lost;
      return;
    }
    queue.push_back(std::move(event));
    if (queue.size() == 1) wake.notify_one();
  }

  // flush leaves in the queue what the store did not take. One at a time, so that it waits for one
  // under way.
  Result<void> flush() LATCHKEY_EXCLUDES(mutex, writing) {
    MutexLock one_at_a_time(writing);
    std::size_t rest = size();
    while (rest > 0) {
      std::vector<Event> batch;
      {
        MutexLock lock(mutex);
        const std::size_t count = std::min(rest, kMaxEvents);
        batch.assign(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(count));
      }
      const Result<std::size_t> taken = write(batch);
      if (!taken) return taken.error();
      rest -= batch.size();
      MutexLock lock(mutex);
      queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(batch.size()));
      written += *taken;
      lost += batch.size() - *taken;
    }
    return {};
  }

  // write returns how many the store took: one that is malformed must not hold up the others.
  Result<std::size_t> write(std::span<const Event> batch) {
    const Result<void> done = store.append_events(batch);
    if (done) return batch.size();
    if (done.error().code != Errc::invalid_argument) return done.error();
    if (batch.size() == 1) return std::size_t{0};
    std::size_t taken = 0;
    for (const Event& event : batch) {
      const Result<std::size_t> one = write({&event, 1});
      if (!one) return one;
      taken += *one;
    }
    return taken;
  }

  std::size_t size() const LATCHKEY_EXCLUDES(mutex) {
    MutexLock lock(mutex);
    return queue.size();
  }

  Result<std::size_t> prune() {
    constexpr std::size_t kBatch = 500;
    const UnixTime now = clock.now();
    std::size_t total = 0;
    for (std::size_t gone = kBatch; gone == kBatch; total += gone) {
      const auto pruned = store.prune_events(now - options.retention, kBatch);
      if (!pruned) return pruned.error();
      gone = *pruned;
    }
    for (std::size_t blanked = kBatch; blanked == kBatch;) {
      const auto done = store.blank_addresses(now - options.keep_addresses, kBatch);
      if (!done) return done.error();
      blanked = *done;
    }
    return total;
  }

  bool prune_due() const noexcept {
    return options.prune_every > Millis{0} &&
           std::chrono::steady_clock::now() - pruned_at >= options.prune_every;
  }

  void prune_when_due() {
    if (!prune_due()) return;
    pruned_at = std::chrono::steady_clock::now();
    const Result<std::size_t> done = prune();
    if (done) return;
    log(LogLevel::warn, "events_not_pruned",
        {{"code", error_name(done.error().code)}, {"detail", done.error().detail}});
  }

  // wait returns true when the log ends. It also returns when it is time to prune.
  bool wait(bool failed) LATCHKEY_EXCLUDES(mutex) {
    MutexLock lock(mutex);
    while (queue.empty() && !stopping) {
      if (options.prune_every <= Millis{0}) {
        wake.wait(mutex);
        continue;
      }
      wake.wait_for(mutex, options.prune_every);
      if (prune_due()) return stopping;
    }
    const auto until = std::chrono::steady_clock::now() + (failed ? kRetry : kGather);
    while (!stopping && std::chrono::steady_clock::now() < until) {
      wake.wait_for(mutex, until - std::chrono::steady_clock::now());
    }
    return stopping;
  }

  void run() LATCHKEY_EXCLUDES(mutex, writing) {
    bool failed = false;
    std::uint64_t told = 0;
    for (bool ending = false; !ending;) {
      ending = wait(failed);
      if (!ending) prune_when_due();
      const Result<void> done = flush();
      if (!done && !failed) {
        log(LogLevel::warn, "events_not_written",
            {{"code", error_name(done.error().code)}, {"detail", done.error().detail}});
      }
      failed = !done;
      const std::uint64_t now_lost = count_lost(ending);
      if (now_lost == told) continue;
      log(LogLevel::warn, "events_lost", {{"count", std::to_string(now_lost - told)}});
      told = now_lost;
    }
  }

  // count_lost: what is left at the end is lost, too.
  std::uint64_t count_lost(bool ending) LATCHKEY_EXCLUDES(mutex) {
    MutexLock lock(mutex);
    if (ending) {
      lost += queue.size();
      queue.clear();
    }
    return lost;
  }

  EventStore& store;
  const EventLogOptions options;
  const Clock& clock;
  Entropy& entropy;
  const ForkGuard forked{};
  Mutex writing;
  mutable Mutex mutex;
  Condition wake;
  std::deque<Event> queue LATCHKEY_GUARDED_BY(mutex);
  std::uint64_t written LATCHKEY_GUARDED_BY(mutex) = 0;
  std::uint64_t lost LATCHKEY_GUARDED_BY(mutex) = 0;
  bool stopping LATCHKEY_GUARDED_BY(mutex) = false;
  std::chrono::steady_clock::time_point pruned_at =
      std::chrono::steady_clock::now();  // its thread's
  std::thread thread;
};

EventLog::EventLog(EventStore& store, const EventLogOptions& options) {
  if (options.retention > Millis{0}) impl_ = std::make_unique<Impl>(store, options);
}

EventLog::~EventLog() {
  if (!impl_) return;
  if (impl_->forked.crossed()) {
    static_cast<void>(impl_.release());  // base/fork.h
  } else {
    impl_->end();
  }
}

bool EventLog::enabled() const noexcept { return impl_ != nullptr; }

void EventLog::add(Event event) {
  if (impl_) impl_->add(std::move(event));
}

Result<void> EventLog::flush() {
  if (!impl_) return {};
  return impl_->forked.crossed() ? forked_error() : impl_->flush();
}

Result<std::size_t> EventLog::prune() {
  if (!impl_) return std::size_t{0};
  return impl_->forked.crossed() ? forked_error() : impl_->prune();
}

EventLogStats EventLog::stats() const {
  if (!impl_) return {};
  MutexLock lock(impl_->mutex);
  return {impl_->written, impl_->lost, impl_->queue.size()};
}

Result<void> write_events(EventStore& store, std::vector<Event> events, const Clock& clock) {
  for (Event& event : events) {
    if (Result<void> done = complete(event, clock, system_entropy()); !done) return done;
  }
  for (std::span<const Event> rest(events); !rest.empty();) {
    const auto some = rest.first(std::min(rest.size(), kMaxEvents));
    rest = rest.subspan(some.size());
    if (Result<void> done = store.append_events(some); !done) return done;
  }
  return {};
}

}  // namespace latchkey
