#include "tests/fleet/storm.h"

#include <algorithm>

namespace latchkey::testing {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPause{1};
constexpr std::size_t kChecks = 8;  // of a node, for each session it makes
constexpr auto kPatience = std::chrono::seconds{30};

}  // namespace

Storm::Storm(Fleet& fleet, Millis max_age)
    : fleet_(fleet), max_age_(max_age), created_by_(fleet.size()), ended_by_(fleet.size()) {
  for (std::size_t node = 0; node < fleet.size(); ++node) {
    threads_.emplace_back([this, node] { run(node); });
  }
}

Storm::~Storm() { stop(); }

void Storm::stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Storm::run(std::size_t node) {
  for (std::size_t i = 0; !stopping_; ++i) {
    create(node);
    const std::size_t made = size();
    for (std::size_t step = 0; step < kChecks && made > 0; ++step) {
      // Young sessions are in every cache and the next to end; old ones tell what was lost.
      const std::size_t back = step % 2 == 0 ? step * 5 : (i * 31 + step * 7);
      check(node, made - 1 - back % made);
    }
    // Each node touches and ends sessions of all; half of them stay.
    if (made > 20) {
      touch(node, made - 1 - i % 20);
      end(node, (made - 20 + i % 10) / 2 * 2);
    }
    std::this_thread::sleep_for(kPause);
  }
}

void Storm::create(std::size_t node) {
  const auto user = static_cast<std::int64_t>(++users_);
  auto made = fleet_.sessions(node).create(UserId{user});
  if (!made) {
    ++counts_.failed;
    return;
  }
  ++counts_.created;
  ++created_by_[node];
  const MutexLock lock(mutex_);
  known_.push_back({.token = made->token.reveal(), .record = made->record});
}

// touch moves the idle deadline as a user at work does; it must never bring back what has ended.
void Storm::touch(std::size_t node, std::size_t session) {
  const SessionRecord record = known(session).record;
  const UnixTime seen = record.last_seen_at + Millis{1 + static_cast<int>(node)};
  const Touch touch{record.id, seen, seen + record.idle};
  const auto moved = fleet_.store(node).sessions().touch({&touch, 1});
  ++(moved ? counts_.touched : counts_.failed);
}

void Storm::check(std::size_t node, std::size_t session) {
  const Known before = known(session);
  const Time begun = Steady::now();
  const auto validation = fleet_.sessions(node).validate(before.token, {.touch = false});
  ++(validation ? counts_.checked : counts_.failed);
  if (!validation) return;
  if (validation->state != SessionState::active) {
    if (known(session).fate == Fate::lives) ++counts_.wrongly_refused;
  } else if (before.fate == Fate::ended) {
    const Time bound = before.at + (before.by == node ? Millis{0} : max_age_);
    if (begun > bound) ++counts_.wrongly_accepted;
  }
}

// end tries again what failed before: it was done or not.
void Storm::end(std::size_t node, std::size_t session) {
  Known now;
  {
    const MutexLock lock(mutex_);
    now = known_[session];
    if (now.fate == Fate::ended) return;
    known_[session].fate = Fate::ending;
  }
  const auto ended = fleet_.sessions(node).revoke(now.record.id);
  if (!ended) {
    ++counts_.failed;
    return;
  }
  ++counts_.ended;
  ++ended_by_[node];
  const MutexLock lock(mutex_);
  if (known_[session].fate == Fate::ended) return;
  known_[session].fate = Fate::ended;
  known_[session].by = node;
  known_[session].at = Steady::now();
}

bool Storm::gets_on() {
  std::vector<std::uint64_t> before;
  for (std::size_t node = 0; node < fleet_.size(); ++node) {
    before.push_back(created_by_[node]);
    before.push_back(ended_by_[node]);
  }
  const auto late = Steady::now() + kPatience;
  for (std::size_t node = 0; node < fleet_.size(); ++node) {
    while (created_by_[node] <= before[2 * node] || ended_by_[node] <= before[2 * node + 1]) {
      if (Steady::now() > late) return false;
      std::this_thread::sleep_for(kPause);
    }
  }
  return true;
}

bool Storm::settle() {
  stop();
  std::this_thread::sleep_for(max_age_);
  const auto late = Steady::now() + kPatience;
  for (std::size_t session = 0; session < size(); ++session) {
    for (std::size_t node = 0; node < fleet_.size(); ++node) {
      const std::uint64_t checked = counts_.checked;
      while (counts_.checked == checked) {
        if (Steady::now() > late) return false;
        check(node, session);
      }
    }
  }
  return true;
}

}  // namespace latchkey::testing
