#pragma once

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
};

// WatchStatus tells how well a store hears what others change.
struct WatchStatus {
  bool up = false;              // the channel stands
  Millis heard_ago{};           // since the engine last said anything over it
  std::optional<Millis> lag{};  // between the last change that was told and hearing it, if known
};

}  // namespace latchkey
