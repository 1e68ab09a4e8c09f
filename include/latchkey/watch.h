#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "latchkey/ids.h"
#include "latchkey/time.h"

// What a store hears of changes that others make.
namespace latchkey {

// Invalidation tells a cache what changed behind its back.
struct Invalidation {
  std::vector<SessionId> ids{};
  std::vector<UserId> users{};  // every session of these users
  bool everything = false;      // changes were missed
  // channel_lost, with `everything`: nobody told of a change, but none can be heard of now.
  bool channel_lost = false;
};

// WatchStatus says how well a store is notified of changes by others.
struct WatchStatus {
  bool up = false;     // the channel stands
  Millis heard_ago{};  // since the engine last said anything over it
  // Between a change and hearing it, if known. PostgreSQL: of the last change that was told. Redis:
  // the round trip of the last call or ping, because invalidations use the same connection.
  std::optional<std::chrono::microseconds> lag{};
};

}  // namespace latchkey
