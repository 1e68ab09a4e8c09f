#include "account/hash_gate.h"

namespace latchkey::account {
namespace {

// After so many known devices one of the others has its turn: nobody waits for ever.
constexpr std::uint32_t kKnownInARow = 3;

}  // namespace

HashGate::HashGate(std::uint32_t slots, std::uint32_t queue)
    : slots_(slots),
      queue_(queue),
      kept_(queue / 4),
      share_(slots + queue / 4),
      share_of_known_(slots + queue / 16) {}

std::size_t HashGate::waiting() const {
  const MutexLock lock(mutex_);
  return known_.size() + others_.size();
}

bool HashGate::over_share(const Claim& claim) const {
  const auto held = places_.find(claim.share);
  if (held == places_.end()) return false;
  return held->second >= (claim.known_device ? share_of_known_ : share_);
}

bool HashGate::full(const Claim& claim) const {
  if (running_ < slots_) return false;
  const std::size_t waiting = known_.size() + others_.size();
  return waiting >= queue_ || (!claim.known_device && others_.size() >= queue_ - kept_);
}

HashGate::Entry HashGate::enter(const Claim& claim) {
  MutexLock lock(mutex_);
  if (over_share(claim)) return Entry::over_share;
  if (full(claim)) return Entry::full;
  if (!claim.share.empty()) ++places_[claim.share];
  if (running_ < slots_) {
    ++running_;
    return Entry::admitted;
  }
  Waiter waiter;
  (claim.known_device ? known_ : others_).push_back(&waiter);
  while (!waiter.admitted) waiter.turn.wait(mutex_);
  return Entry::admitted;
}

HashGate::Line& HashGate::next_line() {
  const bool others_turn = known_in_a_row_ >= kKnownInARow && !others_.empty();
  if (known_.empty() || others_turn) {
    known_in_a_row_ = 0;
    return others_;
  }
  ++known_in_a_row_;
  return known_;
}

void HashGate::give_back(const std::string& share) {
  const auto at = places_.find(share);
  if (at != places_.end() && --at->second == 0) places_.erase(at);
}

// The slot goes to the one whose turn it is, so nobody that comes now can take it first.
void HashGate::leave(const std::string& share) {
  MutexLock lock(mutex_);
  if (!share.empty()) give_back(share);
  Line& line = next_line();
  if (line.empty()) {
    --running_;
    return;
  }
  Waiter* const next = line.front();
  line.pop_front();
  next->admitted = true;
  next->turn.notify_one();  // under the lock: the waiter lives until it has it
}

}  // namespace latchkey::account
