#include "server/application.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/metrics.h"
#include "http/admin/admin.h"
#include "http/readiness.h"
#include "http/service.h"
#include "latchkey/address.h"
#include "latchkey/auth.h"
#include "latchkey/recovery.h"
#include "server/keys/pepper_file.h"
#include "server/keys/reload.h"
#include "server/keys/source.h"
#include "server/mail/outbox.h"
#include "server/metrics/store_metrics.h"
#include "server/settings/base_path.h"
#include "server/settings/leaked_list.h"
#include "server/settings/units.h"
#include "server/settings/verify_settings.h"
#include "server/takeover.h"
#include "store/measured.h"
#include "store/store_url.h"

namespace latchkey::server {
namespace {

// is_beyond_loopback tells whether other machines reach `host`. A name is judged once it has been
// resolved, by the address that was bound.
bool is_beyond_loopback(const std::string& host) {
  const auto address = guard::Address::parse(host);
  return address && !address->is_loopback();
}

AuthOptions auth_options(const Config& config, const PublicUrl& url) {
  AuthOptions options;
  options.store_options = config.store;
  options.remote_store = is_remote_store(config.store_url);
  options.public_url = url.origin();
  options.allow_plain_http = config.allow_plain_http;
  options.trusted_proxies = config.trusted_proxies;
  options.policy = config.policy;
  options.carrier = config.carrier;
  options.snapshot = config.snapshot;
  options.seal_format = config.seal_format;
  options.device_binding = config.device_binding;
  const std::string base = split_base(config.public_url).second;
  options.device_binding.register_path = base + "/v1/device/register";
  options.device_binding.refresh_path = base + "/v1/device/refresh";
  options.cookie.max_chunks = config.max_chunks;
  options.cookie.domain = config.cookie_domain;
  options.passwords = config.accounts;
  options.near_cache = config.cache ? std::optional{config.near_cache} : std::nullopt;
  if (options.near_cache && config.on_store_error == OnStoreError::stale) {
    options.near_cache->max_stale = config.max_stale;
  }
  // Not "storage": we keep nothing there, so it could only be that of another application of this
  // origin.
  options.clear_site_data = {"cache"};
  options.reauth_path = "/reauth";
  options.prune_every = config.prune_every;
  options.event_retention = config.event_retention;
  return options;
}

// Nobody would notice that a protection is not there.
void tell_of_device_binding(const Config& config, const PublicUrl& url) {
  if (config.device_binding.mode == DeviceBinding::off || url.https()) return;
  log(LogLevel::warn, "device_binding_not_offered",
      {{"reason", "browsers bind sessions over https only"}, {"public_url", url.origin()}});
}

std::string backend_of(const Config& config) {
  const auto scheme = store::scheme_of(config.store_url);
  return scheme.empty() ? "sqlite" : std::string{scheme};
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
  Result<PublicUrl> url = PublicUrl::parse(split_base(config.public_url).first);
  if (!url) return Error{Errc::bad_config, "server." + url.error().detail};
  if (url->https() || !beyond || config.allow_plain_http) return url;
  return Error{Errc::bad_config,
               "other machines reach " + listen + ", but " + url->origin() +
                   " is not encrypted: passwords and cookies could be read on the way. Listen on "
                   "127.0.0.1; or give --public-url https://HOST, with a proxy in front that does "
                   "TLS; or, in a container whose port is published on loopback only, add "
                   "--allow-plain-http"};
}

Result<PublicUrl> decide_public_url(const Config& config,
                                    std::span<const ListenAddress> addresses) {
  std::optional<PublicUrl> decided;
  for (const ListenAddress& address : addresses) {
    if (address.is_file()) continue;
    // Any port will do, when none is chosen yet.
    const auto port = std::max<std::uint16_t>(address.port, 1);
    Result<PublicUrl> url = decide_public_url(config, address.host, port);
    if (!url) return url.error();
    if (!decided) decided = *std::move(url);
  }
  if (decided) return *std::move(decided);
  if (!config.public_url.empty()) return decide_public_url(config, "127.0.0.1", 1);
  return Error{Errc::bad_config,
               "server.public_url must be set, because browsers do not reach a unix socket. Give "
               "the address they use: --public-url https://HOST, with a proxy in front that does "
               "TLS"};
}

// In the order of dependence; destroyed from the end.
struct Application::Impl {
  Metrics metrics;
  store::StoreMeter meter;
  std::string backend;  // the scheme of the store's URL
  Millis max_stale{0};
  std::unique_ptr<Auth> auth;
  std::optional<KeyReload> keys;
  std::unique_ptr<http::Readiness> readiness;
  std::unique_ptr<Outbox> outbox;
  std::unique_ptr<Recovery> recovery;
  std::optional<http::Service> service;
  std::optional<http::AdminService> admin;
};

// open_recovery makes what forgotten passwords need, if there is somebody who sends mail.
Result<void> Application::open_recovery(Impl& impl, const Config& config, const PublicUrl& url) {
  if (!config.mail.enabled()) return {};
  const std::string site = url.origin() + split_base(config.public_url).second;
  auto outbox = Outbox::open(config.mail, {.name = config.pages_name, .address = site + "/"});
  if (!outbox) return outbox.error();
  impl.outbox = std::move(*outbox);
  auto recovery =
      Recovery::open(impl.auth->store(),
                     {.send = [&outbox = *impl.outbox](const Mail& mail) { outbox.send(mail); },
                      .reset_url = site + "/password/reset",
                      .verify_url = site + "/account/email/confirm",
                      .cost = config.accounts.cost,
                      .peppers = impl.auth->options().passwords.peppers,
                      .site_name = impl.auth->public_url().origin(),
                      .is_leaked = impl.auth->options().passwords.is_leaked,
                      .insecure_cost_for_tests = config.accounts.insecure_cost_for_tests,
                      .events = &impl.auth->events()});
  if (!recovery) return recovery.error();
  impl.recovery = std::move(*recovery);
  return {};
}

Application::Application(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Application::~Application() = default;

Result<std::unique_ptr<Application>> Application::make(OpenedData data, const Config& config,
                                                       const PublicUrl& url) {
  auto impl = std::make_unique<Impl>();
  // The store moves on into Auth, and stays where it is.
  data.store = store::make_measured_store(std::move(data.store), impl->meter);
  impl->backend = backend_of(config);
  Store& engine = *data.store;
  auto keys = open_keys(config, data, engine, system_entropy());
  if (!keys) return keys.error();
  auto verify = verify_settings(config);
  if (!verify) return verify.error();
  auto takeover = make_takeover(config.migrate, impl->metrics);
  if (!takeover) return takeover.error();
  impl->keys.emplace(std::move(keys->reader), std::move(keys->ring));
  auto peppers = read_peppers(config);
  if (!peppers) return peppers.error();
  AuthOptions options = auth_options(config, url);
  options.passwords.peppers = *std::move(peppers);
  auto leaked = open_leaked_list(config);
  if (!leaked) return leaked.error();
  options.passwords.is_leaked = *std::move(leaked);
  if (config.mail.enabled() && config.mail.new_device) {
    options.passwords.on_new_device = [&made = *impl](const User& user, const DeviceContext& by) {
      if (made.recovery) made.recovery->tell_log_in(user, by);
    };
  }
  options.keys = impl->keys->keys();
  options.takeover = std::move(*takeover);
  tell_of_device_binding(config, url);
  if (options.near_cache) impl->max_stale = options.near_cache->max_stale;
  auto auth = Auth::open(std::move(data.store), std::move(options));
  if (!auth) return auth.error();
  impl->auth = std::move(*auth);
  impl->readiness = std::make_unique<http::Readiness>(impl->auth->engine());
  if (Result<void> made = open_recovery(*impl, config, url); !made) return made.error();
  impl->service.emplace(*impl->auth,
                        http::ServiceOptions{.staleness = impl->auth->staleness(),
                                             .readiness = impl->readiness.get(),
                                             .verify = std::move(*verify),
                                             .base = split_base(config.public_url).second,
                                             .recovery = impl->recovery.get(),
                                             .recent = config.recent_login});
  impl->admin.emplace(*impl->auth);
  return std::unique_ptr<Application>(new Application(std::move(impl)));
}

http::Lane Application::lane(const http::Request& request) const noexcept {
  return impl_->service->lane(request);
}
http::Response Application::handle(const http::Request& request) {
  return impl_->service->handle(request);
}

http::Attempt Application::try_handle(const http::Request& request) {
  return impl_->service->try_handle(request);
}

std::string Application::metrics() const {
  return impl_->metrics.text() + readiness_metrics(impl_->readiness.get()) +
         store_metrics(impl_->auth->stats(), impl_->auth->staleness()) +
         impl_->meter.text(impl_->backend) +
         account_metrics({.active_sessions = impl_->service->active_sessions(),
                          .max_stale = impl_->max_stale,
                          .hashes = impl_->auth->accounts().hash_times(),
                          .secrets = impl_->auth->sessions().stats()}) +
         entry_metrics(impl_->service->log_ins(), impl_->service->sign_ups());
}

http::Response Application::handle_admin(const http::Request& request) {
  return impl_->admin->handle(request);
}

Application::Numbers Application::numbers() const {
  return {.log_ins = impl_->service->log_ins(),
          .sign_ups = impl_->service->sign_ups(),
          .stats = impl_->auth->stats(),
          .ready = !impl_->readiness->cause()};
}
void Application::drain() noexcept { impl_->service->drain(); }

void Application::probe() { impl_->readiness->probe(); }

void Application::reload_keys(bool always) { impl_->keys->look(always); }

void Application::reload(const Config& config) {
  if (auto verify = verify_settings(config)) impl_->service->set_verify(*std::move(verify));
}

Result<void> Application::flush() { return impl_->auth->flush(); }

}  // namespace latchkey::server
