#pragma once

#include <initializer_list>
#include <string_view>

#include "latchkey/log.h"

namespace latchkey {

// log gives an event to the sink of latchkey/log.h.
void log(LogLevel level, std::string_view event,
         std::initializer_list<LogField> fields = {}) noexcept;

}  // namespace latchkey
