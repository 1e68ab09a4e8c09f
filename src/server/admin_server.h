#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "latchkey/result.h"
#include "server/http/handler.h"
#include "server/http/server.h"

namespace latchkey::server {

// AdminServer listens for the admin API on a unix socket of its own, which only its owner may open.
class AdminServer final : private Handler {
 public:
  using Answer = std::function<http::Response(const http::Request&)>;

  // start listens where `options` say. `answer` is called on worker threads until this dies.
  static Result<std::unique_ptr<AdminServer>> start(HttpServerOptions options, Answer answer);
  ~AdminServer() override;
  const std::vector<ListenAddress>& addresses() const noexcept { return server_->addresses(); }

 private:
  explicit AdminServer(Answer answer) : answer_(std::move(answer)) {}
  http::Lane lane(const http::Request& request) const noexcept override;
  http::Response handle(const http::Request& request) override;

  const Answer answer_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace latchkey::server
