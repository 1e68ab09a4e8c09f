#pragma once

#include <memory>

#include "cli/store_input.h"
#include "latchkey/sessions.h"

namespace latchkey::cli {

// ServerSessions are the sessions of a server, and its store, which outlives them.
struct ServerSessions {
  ServerStore server;
  std::unique_ptr<EventLog> events;  // written at the end
  std::unique_ptr<Sessions> sessions;
};

// open_sessions opens them as the server's configuration says. Where sessions have rows they are
// found by id whatever the cookie holds, and no key is needed.
Result<ServerSessions> open_sessions(const StoreInput& input, Access access);

}  // namespace latchkey::cli
