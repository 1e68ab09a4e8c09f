#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "base/mutex.h"

namespace latchkey {

// Counter counts events. Thread-safe.
class Counter {
 public:
  void add() noexcept { value_.fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// append_metric writes a family of one value, in the exposition format of Prometheus. `type` is
// counter or gauge.
void append_metric(std::string& out, std::string_view name, std::string_view type,
                   std::string_view help, double value);

// append_family begins a family of several values; append_sample writes one of them. `labels` is
// what stands between the braces, or empty.
void append_family(std::string& out, std::string_view name, std::string_view type,
                   std::string_view help);
void append_sample(std::string& out, std::string_view name, std::string_view labels, double value);
// number_text writes a number with as many digits as it needs.
std::string number_text(double value);

// Metrics are the counters of a process. Thread-safe.
class Metrics {
 public:
  // add makes a counter, which lives as long as this. `labels` is what stands between the braces,
  // such as `from="lucia"`. Counters of one name are added one after the other.
  Counter& add(std::string_view name, std::string_view help, std::string_view labels)
      LATCHKEY_EXCLUDES(mutex_);
  // text writes all of them in the exposition format of Prometheus, version 0.0.4.
  std::string text() const LATCHKEY_EXCLUDES(mutex_);

 private:
  struct Entry {
    std::string name;
    std::string help;
    std::string labels;
    Counter counter{};
  };
  mutable Mutex mutex_;
  std::deque<Entry> entries_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace latchkey
