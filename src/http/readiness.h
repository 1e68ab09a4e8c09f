#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "latchkey/store.h"

namespace latchkey::http {

// ProbeRecord judges one kind of probe by how long it has failed. All nodes of a store see a stall
// of it at the same moment, so one failed probe must not send all of them away; and a node that
// just came back must not come and go. Pure: the time is an argument (steady).
class ProbeRecord {
 public:
  // Failing, or without an answer, for this long is down.
  static constexpr Millis kDownAfter{2000};
  // Succeeding for this long is up again.
  static constexpr Millis kUpAfter{1000};

  void begin(Millis now) noexcept;
  void end(Millis now, std::optional<Errc> failure) noexcept;
  // cause returns why the probed thing is down; nothing: it is up.
  std::optional<Errc> cause(Millis now) noexcept;
  // failing tells whether the last probe failed or none was made.
  bool failing() const noexcept { return failing_since_.has_value(); }
  std::optional<Millis> begun_at() const noexcept { return begun_at_; }

 private:
  std::optional<Millis> begun_at_;       // the last probe
  std::optional<Millis> under_way_;      // since when
  std::optional<Millis> failing_since_;  // the first probe of those that failed one after the other
  std::optional<Millis> well_since_;     // while down: the first that succeeded
  Errc last_ = Errc::store_unavailable;
  bool down_ = false;
};

// Readiness knows whether this node should get requests: whether its store answers and takes
// writes. Somebody calls probe() every kProbeEvery; cause() answers from what that found, never
// waits and never asks the store. Thread-safe.
//
// Reads are probed each time. Writes are probed by a real write of a few bytes (a denial that
// expires after a minute and denies nothing) and a touch of a session that does not exist, because
// nothing else finds a full disk, Redis out of memory, a standby or a revoked right. The outcome of
// users' own writes would not do: a node that gets no requests has none, and would never come back.
class Readiness {
 public:
  static constexpr Millis kProbeEvery{250};
  static constexpr Millis kWriteEvery{2500};  // while writes succeed; each time while they fail

  // `store` must outlive this, and should be the engine itself, without queues before it.
  explicit Readiness(Store& store) : store_(store) {}

  void probe() LATCHKEY_EXCLUDES(mutex_);
  // cause returns why this node is not ready, reads before writes; nothing: it is.
  std::optional<Errc> cause() LATCHKEY_EXCLUDES(mutex_);

  struct Failures {
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
  };
  Failures failures() const LATCHKEY_EXCLUDES(mutex_);

 private:
  // Kind is one of the two probes and how often it failed.
  struct Kind {
    ProbeRecord record;
    std::uint64_t failures = 0;
  };

  void begin(Kind& kind) LATCHKEY_REQUIRES(mutex_);
  void end(Kind& kind, const Result<void>& outcome) LATCHKEY_REQUIRES(mutex_);
  bool is_write_due() LATCHKEY_REQUIRES(mutex_);
  std::optional<Errc> judge() LATCHKEY_REQUIRES(mutex_);
  Result<void> write_once();
  void tell_change() LATCHKEY_EXCLUDES(mutex_);

  Store& store_;
  mutable Mutex mutex_;
  Kind reads_ LATCHKEY_GUARDED_BY(mutex_);
  Kind writes_ LATCHKEY_GUARDED_BY(mutex_);
  std::string detail_ LATCHKEY_GUARDED_BY(mutex_);        // of the last failure, for the log
  std::optional<Errc> told_ LATCHKEY_GUARDED_BY(mutex_);  // what the log says
};

}  // namespace latchkey::http
