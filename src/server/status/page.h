#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "latchkey/time.h"
#include "server/status/history.h"

namespace latchkey::server {

// StatusFacts are what the page says in words.
struct StatusFacts {
  std::string_view version;
  UnixTime started{};
  bool ready = false;
  std::size_t connections = 0;
};

// status_page draws the last hour: requests, latency, log-ins, cache hits and invalidation lag. The
// last of `samples` is now. HTML without any script; its styles are status_css, at /status.css.
std::string status_page(const std::vector<Sample>& samples, const StatusFacts& facts);

extern const std::string_view kStatusCss;

}  // namespace latchkey::server
