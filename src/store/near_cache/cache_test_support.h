#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "latchkey/memory.h"
#include "latchkey/near_cache.h"
#include "latchkey/store/forwarding_store.h"

namespace latchkey::testing {

// HookedStore is a memory store that counts its reads, runs `after_read` when a read is done but
// not yet answered, and hands out the sink it was given.
class HookedStore final : public ForwardingStore, private ForwardingSessionStore {
 public:
  explicit HookedStore(std::unique_ptr<Store> memory = std::move(*make_memory_store()))
      : ForwardingStore(*memory),
        ForwardingSessionStore(memory->sessions()),
        memory_(std::move(memory)) {}
  std::function<void()> after_read;
  std::atomic<int> reads{0};
  Sink sink;

  Store& memory() { return *memory_; }
  SessionStore& sessions() override { return *this; }

 private:
  Result<std::vector<Found>> find(std::span<const SessionId> ids,
                                  const FindOptions& options) override {
    ++reads;
    auto found = ForwardingSessionStore::find(ids, options);
    if (after_read) std::exchange(after_read, nullptr)();
    return found;
  }
  std::optional<Millis> watch(Sink given) override {
    sink = std::move(given);
    return Millis{50};
  }

  const std::unique_ptr<Store> memory_;
};

}  // namespace latchkey::testing
