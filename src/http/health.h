#pragma once

#include <optional>

#include "http/message.h"
#include "latchkey/result.h"

namespace latchkey::http {

// NoStore is the state of a server that could not open its store yet.
struct NoStore {
  Errc cause = Errc::store_unavailable;  // why the last try failed
  bool draining = false;
};

// answer_without_store answers a request while there is no store: /livez is alive, style sheet and
// icon are there, /readyz tells the cause, and everything else gets 503 with its cookie untouched.
Response answer_without_store(const Request& request, const NoStore& state);

// not_ready is the answer of /readyz with the cause of a 503.
Response not_ready(Errc cause);

}  // namespace latchkey::http
