#pragma once

#include <string>

#include "latchkey/store/event_store.h"

namespace latchkey::http {

// append_event appends the fields of one event, without whose it is.
void append_event(std::string& out, const Event& event);

}  // namespace latchkey::http
