#pragma once

#include "store/redis/engine.h"

namespace latchkey::redis {

// RedisEvents keeps events in a sorted set by time, and those of a user in a second one beside its
// sessions. docs/formats/redis.md
class RedisEvents final : public EventStore {
 public:
  explicit RedisEvents(Engine& engine) : engine_(engine) {}

  Result<void> append_events(std::span<const Event> events) override;
  Result<EventPage> list_events(const EventQuery& query) override;
  Result<std::size_t> blank_addresses(UnixTime before, std::size_t limit) override;
  Result<std::size_t> prune_events(UnixTime before, std::size_t limit) override;

 private:
  Engine& engine_;
};

}  // namespace latchkey::redis
