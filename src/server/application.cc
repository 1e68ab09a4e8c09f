#include "server/application.h"

#include <utility>

#include "base/log.h"
#include "base/metrics.h"
#include "base/no_wait.h"
#include "http/readiness.h"
#include "http/service.h"
#include "latchkey/accounts.h"
#include "latchkey/address.h"
#include "latchkey/lookup.h"
#include "latchkey/near_cache.h"
#include "latchkey/sessions.h"
#include "server/keys/reload.h"
#include "server/keys/source.h"
#include "server/metrics/store_metrics.h"
#include "server/settings/units.h"
#include "server/takeover.h"

namespace latchkey::server {
namespace {

// is_beyond_loopback tells whether other machines reach `host`. A name is judged once it has been
// resolved, by the address that was bound.
bool is_beyond_loopback(const std::string& host) {
  const auto address = guard::Address::parse(host);
  return address && !address->is_loopback();
}

// A copy of a session may be believed until it reaches its hard age, on this node or another one,
// and a snapshot in a cookie until it expires. Denials of stateless sessions are never cached.
Millis staleness(const Config& config) {
  const Millis cached = config.cache ? config.near_cache.max_age : Millis{0};
  return cached + (config.carrier == Carrier::hybrid ? config.snapshot : Millis{0});
}

}  // namespace

Result<PublicUrl> decide_public_url(const Config& config, const std::string& host,
                                    std::uint16_t port) {
  const bool beyond = is_beyond_loopback(host);
  const std::string listen = host_port_text(host, port);
  if (config.public_url.empty()) {
    if (!beyond) return PublicUrl::parse("http://localhost:" + std::to_string(port));
    return Error{Errc::bad_config,
                 "server.public_url must be set, because " + listen +
                     " can be reached from other machines. Give the address browsers use: "
                     "--public-url https://HOST, with a proxy in front that does TLS; or listen on "
                     "127.0.0.1 only"};
  }
  Result<PublicUrl> url = PublicUrl::parse(config.public_url);
  if (!url) return Error{Errc::bad_config, "server." + url.error().detail};
  if (url->https() || !beyond || config.allow_plain_http) return url;
  return Error{Errc::bad_config,
               "other machines reach " + listen + ", but " + url->origin() +
                   " is not encrypted: passwords and cookies could be read on the way. Listen on "
                   "127.0.0.1; or give --public-url https://HOST, with a proxy in front that does "
                   "TLS; or, in a container whose port is published on loopback only, add "
                   "--allow-plain-http"};
}

// In the order of dependence; destroyed from the end.
struct Application::Impl {
  OpenedData data;
  std::unique_ptr<http::Readiness> readiness;
  std::unique_ptr<Lookup> lookup;  // before a remote store
  Metrics metrics;
  std::unique_ptr<NearCache> cache;
  std::optional<KeyReload> keys;
  std::unique_ptr<Sessions> sessions;
  std::unique_ptr<Accounts> accounts;
  std::optional<http::Service> service;
};

Application::Application(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Application::~Application() = default;

Result<std::unique_ptr<Application>> Application::make(OpenedData data, const Config& config,
                                                       const PublicUrl& url) {
  auto impl = std::make_unique<Impl>();
  impl->data = std::move(data);
  Store* store = impl->data.store.get();
  impl->readiness = std::make_unique<http::Readiness>(*store);
  if (is_remote_store(config.store_url)) {
    impl->lookup = make_lookup(*store, {.max_wait = config.store.read_timeout});
    store = impl->lookup.get();
  }
  if (config.cache) {
    impl->cache = make_near_cache(*store, config.near_cache);
    store = impl->cache.get();
  }
  auto keys = open_keys(config, impl->data, *store, system_entropy());
  if (!keys) return keys.error();
  impl->keys.emplace(std::move(keys->reader), std::move(keys->ring));
  auto migration = make_migration(config.migrate, impl->metrics);
  if (!migration) return migration.error();
  auto sessions = Sessions::open(*store, {.policy = config.policy,
                                          .cookie = url.cookie(),
                                          .carrier = config.carrier,
                                          .keys = impl->keys->keys(),
                                          .snapshot = config.snapshot,
                                          .max_chunks = config.max_chunks,
                                          .migrating = migration->get() != nullptr});
  if (!sessions) return sessions.error();
  impl->sessions = std::move(*sessions);
  auto accounts = Accounts::make(*store, *impl->sessions, config.accounts);
  if (!accounts) return accounts.error();
  impl->accounts = std::move(*accounts);
  impl->service.emplace(*store, *impl->sessions, *impl->accounts,
                        http::ServiceOptions{.public_url = url.origin(),
                                             .trusted_proxies = config.trusted_proxies,
                                             .staleness = staleness(config),
                                             .migration = std::move(*migration),
                                             .readiness = impl->readiness.get()});
  return std::unique_ptr<Application>(new Application(std::move(impl)));
}

http::Lane Application::lane(const http::Request& request) const noexcept {
  return impl_->service->lane(request);
}
http::Response Application::handle(const http::Request& request) {
  return impl_->service->handle(request);
}

// A file is read faster than a request moves to another thread; a remote store is not.
std::optional<http::Response> Application::try_handle(const http::Request& request) {
  if (impl_->lookup == nullptr) return handle(request);
  const NoWait scope;
  http::Response response = handle(request);
  if (NoWait::refused()) return std::nullopt;
  return response;
}

std::string Application::metrics() const {
  return impl_->metrics.text() + readiness_metrics(impl_->readiness.get()) +
         store_metrics(impl_->cache.get(), impl_->lookup.get());
}
void Application::drain() noexcept { impl_->service->drain(); }

void Application::probe() { impl_->readiness->probe(); }

void Application::prune() {
  const Result<std::size_t> pruned = impl_->sessions->prune();
  if (!pruned) {
    log(LogLevel::warn, "prune_failed",
        {{"code", error_name(pruned.error().code)}, {"detail", pruned.error().detail}});
  } else if (*pruned > 0) {
    log(LogLevel::info, "pruned", {{"rows", std::to_string(*pruned)}});
  }
}

void Application::reload_keys(bool always) { impl_->keys->look(always); }

Result<void> Application::flush() { return impl_->sessions->flush(); }

}  // namespace latchkey::server
