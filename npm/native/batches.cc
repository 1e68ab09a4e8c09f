#include "batches.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

namespace latchkey::node {

// As many threads are called as there are batches, counting those that are to come already.
void Batches::send(const std::shared_ptr<Gatherer>& self, Batch calls) {
  constexpr std::size_t kTogether = Environment::kTogether;
  Batch refused;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t room = kMostWaiting - std::min(kMostWaiting, waiting_.size());
    const auto taken = calls.begin() + static_cast<std::ptrdiff_t>(std::min(room, calls.size()));
    refused.assign(taken, calls.end());
    waiting_.insert(waiting_.end(), calls.begin(), taken);
    while (under_way_ < kUnderWay && to_come_ * kTogether < waiting_.size()) {
      if (!lane_.offer([self, this] { run(); })) break;
      ++under_way_;
      ++to_come_;
    }
    if (under_way_ == 0) {  // the lane is full, so nobody would come for them
      refused.insert(refused.end(), waiting_.begin(), waiting_.end());
      waiting_.clear();
    }
  }
  for (const auto& call : refused) call->refuse({Errc::overloaded, lane_.refusal()});
  complete(std::move(refused));
}

void Batches::run() {
  {
    const std::lock_guard lock(mutex_);
    --to_come_;
  }
  for (Batch batch = take(); !batch.empty(); batch = take()) {
    try {
      answer_(batch);
    } catch (const std::exception&) {
      const Error error{Errc::overloaded, "no memory is left for these calls"};
      for (const auto& call : batch) call->refuse(error);
    }
    complete(std::move(batch));
  }
}

Batches::Batch Batches::take() {
  Batch batch;
  const std::lock_guard lock(mutex_);
  const auto end = waiting_.begin() +
                   static_cast<std::ptrdiff_t>(std::min(Environment::kTogether, waiting_.size()));
  batch.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  if (batch.empty()) --under_way_;
  return batch;
}

}  // namespace latchkey::node
