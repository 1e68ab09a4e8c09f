#pragma once

#include <functional>
#include <memory>
#include <string>

#include "latchkey/result.h"
#include "server/http/handler.h"
#include "server/http/server.h"

namespace latchkey::server {

// MetricsServer answers GET /metrics, and nothing else, on an address of its own.
class MetricsServer final : private Handler {
 public:
  // start listens on `address`, HOST:PORT. `text` writes what is answered; it is called on any
  // thread until this dies.
  static Result<std::unique_ptr<MetricsServer>> start(const std::string& address,
                                                      std::function<std::string()> text);
  ~MetricsServer() override;
  std::uint16_t port() const noexcept { return server_->port(); }

 private:
  explicit MetricsServer(std::function<std::string()> text) : text_(std::move(text)) {}
  http::Lane lane(const http::Request& request) const noexcept override;
  http::Response handle(const http::Request& request) override;

  const std::function<std::string()> text_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace latchkey::server
