#include "server/metrics/server_metrics.h"

#include "base/metrics.h"

namespace latchkey::server {

std::string server_metrics(const HttpServer& server, std::uint64_t log_lines_lost) {
  const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
  const HttpServer::Refused refused = server.refused();
  std::string out;
  append_metric(out, "latchkey_connections_open", "gauge", "Connections open now.",
                number(server.open_connections()));
  append_metric(out, "latchkey_connections_refused_full_total", "counter",
                "Connections closed because server.max_connections were open.",
                number(refused.full));
  append_metric(out, "latchkey_connections_refused_address_total", "counter",
                "Connections closed because one address held its share.", number(refused.address));
  append_metric(out, "latchkey_log_lines_lost_total", "counter",
                "Log lines that standard error did not take.", number(log_lines_lost));
  return out;
}

}  // namespace latchkey::server
