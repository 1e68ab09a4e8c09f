#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "http/entry_counts.h"
#include "latchkey/auth.h"
#include "latchkey/public_url.h"
#include "latchkey/result.h"
#include "server/files/data_directory.h"
#include "server/http/handler.h"
#include "server/settings/config.h"

namespace latchkey::server {

// decide_public_url returns the configured URL, or http://localhost:PORT while `host` is a loopback
// address. Anything else is refused with what to set; so is an http URL where other machines reach
// `host`, unless allow_plain_http says that somebody thought of it.
Result<PublicUrl> decide_public_url(const Config& config, const std::string& host,
                                    std::uint16_t port);
// decide_public_url for all addresses that are listened on: each must be allowed, and the first
// with a port gives the default. A unix socket has no address of its own, so the URL must be set.
Result<PublicUrl> decide_public_url(const Config& config, std::span<const ListenAddress> addresses);

// Application is everything behind the sockets: Auth, its keys and the service.
class Application final : public Handler {
 public:
  static Result<std::unique_ptr<Application>> make(OpenedData data, const Config& config,
                                                   const PublicUrl& url);
  ~Application() override;  // writes queued touches

  http::Lane lane(const http::Request& request) const noexcept override;
  http::Response handle(const http::Request& request) override;
  http::Attempt try_handle(const http::Request& request) override;
  // drain makes /readyz answer 503.
  void drain() noexcept;
  // handle_admin answers the admin API.
  http::Response handle_admin(const http::Request& request);
  // Numbers are what the status page draws.
  struct Numbers {
    http::EntryTotals log_ins{};
    http::EntryTotals sign_ups{};
    AuthStats stats{};
    bool ready = false;
  };
  Numbers numbers() const;
  // metrics writes what was counted, for Prometheus.
  std::string metrics() const;
  // probe finds out whether the store answers and takes writes, for /readyz.
  void probe();
  // reload_keys looks whether the key file changed, and reads it in any case if `always`.
  void reload_keys(bool always);
  // reload takes over what `config` says and a running server can change. verify_settings takes it.
  void reload(const Config& config);
  // flush writes queued touches.
  Result<void> flush();

 private:
  struct Impl;
  static Result<void> open_recovery(Impl& impl, const Config& config, const PublicUrl& url);
  explicit Application(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey::server
