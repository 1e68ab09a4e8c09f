#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/periodic.h"
#include "latchkey/result.h"
#include "server/http/handler.h"
#include "server/http/server.h"
#include "server/status/history.h"
#include "server/status/page.h"

namespace latchkey::server {

// MetricsSource is what a MetricsServer shows. Each is called on any thread until that dies.
struct MetricsSource {
  std::function<std::string()> metrics;  // the body of /metrics
  std::function<Sample()> sample;        // what has been counted until now
  std::function<StatusFacts()> facts;    // what /status says in words
};

// MetricsServer answers GET /metrics, GET /status, which draws the last hour, and nothing else, on
// an address of its own. It keeps that hour in memory.
class MetricsServer final : private Handler {
 public:
  // start listens where `options` say.
  static Result<std::unique_ptr<MetricsServer>> start(HttpServerOptions options,
                                                      MetricsSource source);
  ~MetricsServer() override;
  const std::vector<ListenAddress>& addresses() const noexcept { return server_->addresses(); }

 private:
  explicit MetricsServer(MetricsSource source) : source_(std::move(source)) {}
  http::Lane lane(const http::Request& request) const noexcept override;
  http::Response handle(const http::Request& request) override;
  http::Response status() const;

  const MetricsSource source_;
  History history_;
  std::unique_ptr<HttpServer> server_;
  std::optional<Periodic> sampling_;
};

}  // namespace latchkey::server
