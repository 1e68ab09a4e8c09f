#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "http/entry_counts.h"
#include "server/http/server.h"

namespace latchkey::server {

// ProcessFacts are what metrics tell of the process beside its server.
struct ProcessFacts {
  std::span<const std::string_view> route_names{};
  std::size_t hashing_workers = 0;  // passwords that are hashed at once
  std::uint64_t tries_refused = 0;  // log-ins and sign-ups refused for too many tries
  std::uint64_t log_lines_lost = 0;
};

// server_metrics tells of the process itself, in the exposition format of Prometheus.
std::string server_metrics(const HttpServer& server, const ProcessFacts& facts);

// hashing_workers is how many passwords are hashed at once, where the setting may be 0.
std::size_t hashing_workers(std::size_t configured) noexcept;

}  // namespace latchkey::server
