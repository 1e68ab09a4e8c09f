#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "base/mutex.h"

namespace latchkey::account {

// Claim is who wants to hash: a known device or anybody, and whose places that takes.
struct Claim {
  bool known_device = false;
  std::string share{};  // an address, or the user of a known device; empty: not counted
};

// HashGate bounds how many password hashes run at once and how many callers wait (R75): memory
// stays at slots times the cost, and a flood of logins is refused instead of piling up. A quarter
// of the places is kept for known devices, which also go first, and nobody holds more than a
// quarter, a known device's user a sixteenth: one address shuts nobody else out. Thread-safe.
class HashGate {
 public:
  HashGate(std::uint32_t slots, std::uint32_t queue);

  // waiting is how many callers wait, for tests and metrics.
  std::size_t waiting() const LATCHKEY_EXCLUDES(mutex_);

  enum class Entry : std::uint8_t { admitted, full, over_share };

  // Pass holds a slot while it lives.
  class Pass {
   public:
    explicit Pass(HashGate& gate, const Claim& claim = {})
        : gate_(&gate), share_(claim.share), entry_(gate.enter(claim)) {}
    ~Pass() {
      if (admitted()) gate_->leave(share_);
    }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    bool admitted() const noexcept { return entry_ == Entry::admitted; }
    Entry entry() const noexcept { return entry_; }

   private:
    HashGate* gate_;
    std::string share_;
    Entry entry_;
  };

 private:
  struct Waiter {
    bool admitted = false;
    Condition turn;
  };
  using Line = std::deque<Waiter*>;

  // enter waits for a slot.
  Entry enter(const Claim& claim) LATCHKEY_EXCLUDES(mutex_);
  void leave(const std::string& share) LATCHKEY_EXCLUDES(mutex_);
  bool over_share(const Claim& claim) const LATCHKEY_REQUIRES(mutex_);
  bool full(const Claim& claim) const LATCHKEY_REQUIRES(mutex_);
  Line& next_line() LATCHKEY_REQUIRES(mutex_);
  void give_back(const std::string& share) LATCHKEY_REQUIRES(mutex_);

  const std::uint32_t slots_;
  const std::uint32_t queue_;
  const std::uint32_t kept_;            // places in the queue that only known devices get
  const std::uint32_t share_;           // places of one address, slots included
  const std::uint32_t share_of_known_;  // those of the known devices of one user
  mutable Mutex mutex_;
  std::uint32_t running_ LATCHKEY_GUARDED_BY(mutex_) = 0;
  std::uint32_t known_in_a_row_ LATCHKEY_GUARDED_BY(mutex_) = 0;
  Line known_ LATCHKEY_GUARDED_BY(mutex_);
  Line others_ LATCHKEY_GUARDED_BY(mutex_);
  std::map<std::string, std::uint32_t> places_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace latchkey::account
