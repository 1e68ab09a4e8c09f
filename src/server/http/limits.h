#pragma once

#include <cstddef>

#include "latchkey/time.h"

namespace latchkey::server {

// ParserLimits bound what one request may hold (R143).
struct ParserLimits {
  std::size_t request_line = 8192;   // bytes; 414 beyond
  std::size_t header_bytes = 16384;  // request line and fields together; 431 beyond
  std::size_t header_fields = 100;   // 431 beyond
  std::size_t body_bytes = 16384;    // after decoding; 413 beyond
};

// Timeouts bound how long a connection may stay in one state (R144). They count from the state's
// first moment, not from the last byte, and are checked on a tick of 250 ms.
struct Timeouts {
  Millis header = std::chrono::seconds{10};
  Millis body = std::chrono::seconds{15};
  Millis idle = std::chrono::seconds{60};
  Millis write = std::chrono::seconds{30};
  Millis drain = std::chrono::seconds{25};
};

}  // namespace latchkey::server
