#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "lanes.h"
#include "promise.h"

namespace latchkey::node {

// Batches answers calls that ask a store behind a network, up to Environment::kTogether of them on
// one thread of the lane. While kUnderWay batches are on their way, what comes waits for the next.
// More calls than kMostWaiting are refused at once. Thread-safe: workers share it.
class Batches final : public Gatherer {
 public:
  static constexpr std::size_t kUnderWay = 4;
  static constexpr std::size_t kMostWaiting = 16384;
  using Batch = std::vector<std::shared_ptr<Pending>>;
  // Answer gives each of a batch its outcome; it runs on the lane.
  using Answer = std::function<void(const Batch&)>;

  Batches(Lane& lane, Answer answer) : lane_(lane), answer_(std::move(answer)) {}

  void send(const std::shared_ptr<Gatherer>& self, Batch calls) override;

 private:
  void run();
  Batch take();

  Lane& lane_;
  const Answer answer_;
  std::mutex mutex_;
  std::deque<std::shared_ptr<Pending>> waiting_;
  std::size_t under_way_ = 0;  // threads that work or are to come
  std::size_t to_come_ = 0;
};

}  // namespace latchkey::node
