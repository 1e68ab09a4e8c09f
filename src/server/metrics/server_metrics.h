#pragma once

#include <cstdint>
#include <string>

#include "server/http/server.h"

namespace latchkey::server {

// server_metrics tells of the process itself, in the exposition format of Prometheus.
std::string server_metrics(const HttpServer& server, std::uint64_t log_lines_lost);

}  // namespace latchkey::server
