#include "session/lookup/queue.h"

#include <algorithm>
#include <chrono>
#include <unordered_map>

namespace latchkey::session {

Result<std::vector<Found>> LookupQueue::find(std::span<const SessionId> ids,
                                             const FindOptions& options) {
  if (forked_.crossed()) return forked_error();
  if (ids.size() > kMaxFind) return store_.find(ids, options);  // which refuses it
  Waiter self{.ids = ids, .options = options};
  Batch batch;
  {
    const MutexLock lock(mutex_);
    if (ids_waiting_ + ids.size() > options_.max_waiting) {
      stats_.refused += ids.size();
      return Error{Errc::overloaded, "too many look-ups wait for the store: retry later"};
    }
    stats_.asked += ids.size();
    waiting_.push_back(&self);
    ids_waiting_ += ids.size();
    if (under_way_ < options_.max_batches) {  // then nobody else waits
      ++under_way_;
      batch = take_batch();
    } else {
      if (!wait_for_place(self)) {
        stats_.refused += ids.size();
        return Error{Errc::overloaded, "the store is too slow for so many look-ups: retry later"};
      }
      batch = std::move(self.to_read);
    }
  }
  if (!batch.empty()) read(batch);
  if (self.error) return *std::move(self.error);
  return std::move(self.found);
}

// wait_for_place returns when `self` was answered or is to read, or false when it gave up. Once it
// is in a batch it stays to the end: the reader writes to it.
bool LookupQueue::wait_for_place(Waiter& self) {
  const auto late = std::chrono::steady_clock::now() + options_.max_wait;
  while (!self.done && self.to_read.empty()) {
    const auto place = std::find(waiting_.begin(), waiting_.end(), &self);
    if (place == waiting_.end()) {
      self.changed.wait(mutex_);
      continue;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now >= late) {
      waiting_.erase(place);
      ids_waiting_ -= self.ids.size();
      return false;
    }
    self.changed.wait_for(mutex_, late - now);
  }
  return true;
}

// take_batch takes calls from the front as long as their ids fit. The front one always does.
LookupQueue::Batch LookupQueue::take_batch() {
  Batch batch;
  std::size_t count = 0;
  while (!waiting_.empty() && count + waiting_.front()->ids.size() <= kMaxFind) {
    count += waiting_.front()->ids.size();
    batch.push_back(waiting_.front());
    waiting_.pop_front();
  }
  ids_waiting_ -= count;
  return batch;
}

void LookupQueue::read(const Batch& batch) {
  std::vector<SessionId> ids;
  std::unordered_map<SessionId, std::size_t> place_of;
  FindOptions options;
  for (const Waiter* waiter : batch) {
    options.with_user = options.with_user || waiter->options.with_user;
    options.fresh = options.fresh || waiter->options.fresh;
    for (const SessionId& id : waiter->ids) {
      if (place_of.emplace(id, ids.size()).second) ids.push_back(id);
    }
  }
  const Result<std::vector<Found>> found = store_.find(ids, options);
  for (Waiter* waiter : batch) {
    if (!found) {
      waiter->error = found.error();
      continue;
    }
    for (const SessionId& id : waiter->ids) {
      waiter->found.push_back((*found)[place_of[id]]);
      if (!waiter->options.with_user) waiter->found.back().user.reset();
    }
  }
  const MutexLock lock(mutex_);
  stats_.read += ids.size();
  ++stats_.batches;
  for (Waiter* waiter : batch) {
    waiter->done = true;
    waiter->changed.notify_one();  // under the lock: without it the waiter may be gone already
  }
  pass_on();
}

// pass_on gives the place of a finished read, and the next batch with it, to who waits longest.
void LookupQueue::pass_on() {
  if (waiting_.empty()) {
    --under_way_;
    return;
  }
  Batch next = take_batch();
  Waiter* reader = next.front();
  reader->to_read = std::move(next);
  reader->changed.notify_one();
}

LookupStats LookupQueue::stats() const {
  if (forked_.crossed()) return {};
  const MutexLock lock(mutex_);
  return stats_;
}

}  // namespace latchkey::session
