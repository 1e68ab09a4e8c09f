#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "base/mutex.h"
#include "latchkey/store.h"

namespace latchkey::testing {

// Heard collects what a store's watch tells.
class Heard {
  // names tells whether a change names a session.
  static auto names(const SessionId& id) {
    return [id](const Invalidation& change) {
      return std::find(change.ids.begin(), change.ids.end(), id) != change.ids.end();
    };
  }

 public:
  explicit Heard(Store& store) : store_(store) {
    store_.sessions().watch([this](const Invalidation& change) { add(change); });
  }
  ~Heard() { store_.sessions().watch(nullptr); }
  Heard(const Heard&) = delete;
  Heard& operator=(const Heard&) = delete;

  // wait_for returns whether a change that `fits` was told since the last forget, within 20 s.
  template <class Fits>
  bool wait_for(Fits fits) {
    const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    const MutexLock lock(mutex_);
    while (std::none_of(changes_.begin(), changes_.end(), fits)) {
      if (std::chrono::steady_clock::now() >= late) return false;
      changed_.wait_for(mutex_, std::chrono::milliseconds{100});
    }
    return true;
  }
  bool wait_for_id(const SessionId& id) { return wait_for(names(id)); }
  bool wait_for_user(const UserId& user) {
    return wait_for([&](const Invalidation& change) {
      return std::find(change.users.begin(), change.users.end(), user) != change.users.end();
    });
  }
  bool wait_for_everything() {
    return wait_for([](const Invalidation& change) { return change.everything; });
  }
  bool was_told(const SessionId& id) {
    const MutexLock lock(mutex_);
    return std::any_of(changes_.begin(), changes_.end(), names(id));
  }
  void forget() {
    const MutexLock lock(mutex_);
    changes_.clear();
  }

 private:
  void add(const Invalidation& change) {
    const MutexLock lock(mutex_);
    changes_.push_back(change);
    changed_.notify_all();
  }

  Store& store_;
  Mutex mutex_;
  Condition changed_;
  std::vector<Invalidation> changes_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace latchkey::testing
