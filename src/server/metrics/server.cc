#include "server/metrics/server.h"

#include <utility>

#include "http/api/problem.h"

namespace latchkey::server {
namespace {

constexpr Millis kLeastInterval{5000};

}  // namespace

Result<std::unique_ptr<MetricsServer>> MetricsServer::start(HttpServerOptions options,
                                                            MetricsSource source) {
  options.threads = 1;
  options.max_connections = 64;
  options.blocking_workers = 1;
  auto server = HttpServer::bind(std::move(options));
  if (!server) return Error{Errc::bad_config, "metrics.listen: " + server.error().detail};
  std::unique_ptr<MetricsServer> made(new MetricsServer(std::move(source)));
  MetricsServer& metrics = *made;
  metrics.history_.add(metrics.source_.sample());
  metrics.sampling_.emplace(History::kEvery,
                            [&metrics] { metrics.history_.add(metrics.source_.sample()); });
  metrics.server_ = std::move(*server);
  metrics.server_->start(metrics);
  return made;
}

MetricsServer::~MetricsServer() {
  sampling_.reset();
  if (server_) server_->stop();
}

http::Lane MetricsServer::lane(const http::Request&) const noexcept {
  return http::Lane::inline_read;
}

http::Response MetricsServer::status() const {
  std::vector<Sample> samples = history_.samples();
  // Of a moment right after the last sample a rate says nothing.
  const Sample now = source_.sample();
  if (samples.size() < 2 || now.at - samples.back().at >= kLeastInterval) samples.push_back(now);
  http::Response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = status_page(samples, source_.facts());
  return response;
}

http::Response MetricsServer::handle(const http::Request& request) {
  const bool known =
      request.path == "/metrics" || request.path == "/status" || request.path == "/status.css";
  if (!known) return http::problem_response(http::Problem::not_found);
  if (request.method != "GET" && request.method != "HEAD") {
    http::Response refused = http::problem_response(http::Problem::method_not_allowed);
    refused.headers.emplace_back("Allow", "GET, HEAD");
    return refused;
  }
  if (request.path == "/status") return status();
  http::Response response;
  if (request.path == "/status.css") {
    response.content_type = "text/css; charset=utf-8";
    response.body = kStatusCss;
    return response;
  }
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = source_.metrics();
  return response;
}

}  // namespace latchkey::server
