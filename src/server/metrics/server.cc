#include "server/metrics/server.h"

#include "http/api/problem.h"
#include "server/settings/units.h"

namespace latchkey::server {

Result<std::unique_ptr<MetricsServer>> MetricsServer::start(const std::string& address,
                                                            std::function<std::string()> text) {
  const auto parsed = parse_host_port(address);
  if (!parsed) return Error{Errc::bad_config, "metrics.listen must be HOST:PORT"};
  auto server = HttpServer::bind({.host = parsed->host,
                                  .port = parsed->port,
                                  .threads = 1,
                                  .max_connections = 64,
                                  .blocking_workers = 1});
  if (!server) {
    return Error{Errc::bad_config,
                 "metrics.listen: cannot listen on " + address + ": " + server.error().detail};
  }
  std::unique_ptr<MetricsServer> made(new MetricsServer(std::move(text)));
  made->server_ = std::move(*server);
  made->server_->start(*made);
  return made;
}

MetricsServer::~MetricsServer() {
  if (server_) server_->stop();
}

http::Lane MetricsServer::lane(const http::Request&) const noexcept {
  return http::Lane::inline_read;
}

http::Response MetricsServer::handle(const http::Request& request) {
  if (request.path != "/metrics") return http::problem_response(http::Problem::not_found);
  if (request.method != "GET" && request.method != "HEAD") {
    http::Response refused = http::problem_response(http::Problem::method_not_allowed);
    refused.headers.emplace_back("Allow", "GET, HEAD");
    return refused;
  }
  http::Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = text_();
  return response;
}

}  // namespace latchkey::server
