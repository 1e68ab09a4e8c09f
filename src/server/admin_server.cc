#include "server/admin_server.h"

#include <algorithm>
#include <utility>

namespace latchkey::server {
namespace {

// Tokens that hold a whole session are up to 4 KiB long, and a hundred of them may come.
constexpr std::size_t kBodyBytes = 1 << 20;
constexpr std::size_t kWorkers = 4;

}  // namespace

Result<std::unique_ptr<AdminServer>> AdminServer::start(HttpServerOptions options, Answer answer) {
  options.socket = {.mode = 0600};
  options.threads = 1;
  options.max_connections = 64;
  options.max_connections_per_address = 64;
  options.blocking_workers = kWorkers;
  options.limits.body_bytes = kBodyBytes;
  auto server = HttpServer::bind(std::move(options));
  if (!server) return Error{Errc::bad_config, "admin.listen: " + server.error().detail};
  // Whoever reaches it may do everything, so it has to be a file with an owner.
  const auto& all = (*server)->addresses();
  if (!std::all_of(all.begin(), all.end(), [](const auto& one) { return one.is_file(); })) {
    return Error{Errc::bad_config, "admin.listen: only a unix socket may be used"};
  }
  std::unique_ptr<AdminServer> made(new AdminServer(std::move(answer)));
  made->server_ = std::move(*server);
  made->server_->start(*made);
  return made;
}

AdminServer::~AdminServer() {
  if (server_) server_->stop();
}

http::Lane AdminServer::lane(const http::Request&) const noexcept { return http::Lane::blocking; }

http::Response AdminServer::handle(const http::Request& request) { return answer_(request); }

}  // namespace latchkey::server
