#include "server/serve.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/periodic.h"
#include "http/readiness.h"
#include "server/admin_server.h"
#include "server/brand.h"
#include "server/end_at_once.h"
#include "server/files/data_directory.h"
#include "server/files/private_path.h"
#include "server/http/server.h"
#include "server/keys/life.h"
#include "server/late_application.h"
#include "server/listen/passed.h"
#include "server/log/line_writer.h"
#include "server/log/sink.h"
#include "server/mail/outbox.h"
#include "server/metrics/server.h"
#include "server/metrics/server_metrics.h"
#include "server/metrics/source.h"
#include "server/process.h"
#include "server/settings/base_path.h"
#include "server/settings/units.h"
#include "server/settings/verify_settings.h"

namespace latchkey::server {
namespace {

constexpr Millis kLastWords{1000};  // for log and standard output, whose readers may be stuck
constexpr Millis kTryAgain{500};    // the first start, for a store that is not up

// FlushLog lets the last lines out before the process ends, but does not wait for a stuck reader.
struct FlushLog {
  FlushLog() = default;
  FlushLog(const FlushLog&) = delete;
  FlushLog& operator=(const FlushLog&) = delete;
  ~FlushLog() { flush_log(kLastWords); }
};

int give_up(int code, const std::string& text) {
  log_text("latchkey: " + text);
  return code;
}

// load_config has checked them.
guard::TrustedProxies trusted_proxies(const Config& config) {
  auto parsed = guard::TrustedProxies::parse(config.trusted_proxies);
  return parsed ? std::move(*parsed) : guard::TrustedProxies{};
}

// Sockets that were passed take the place of server.listen; the unit decides then.
HttpServerOptions server_options(const Config& config, std::vector<PassedSocket> passed) {
  // Those that wait for a remote store do nothing meanwhile, and share its answers.
  const std::size_t waiting = is_remote_store(config.store_url) ? 64 : 16;
  const std::size_t hashing = hashing_workers(config.accounts.workers);
  // Accounts says whose turn it is. A thread for each that waits there, and some for those that
  // find out by the limits that they need not.
  constexpr std::size_t kSpare = 8, kWaitForThread = 1024;
  const bool own = passed.empty();
  return {.listen = own ? config.listen : std::vector<ListenAddress>{},
          .passed = std::move(passed),
          .socket = config.socket,
          .threads = config.threads,
          .max_connections = allow_open_files(config.max_connections),
          .max_connections_per_address = config.max_connections_per_address,
          .proxies = trusted_proxies(config),
          .blocking_workers = config.blocking_workers != 0 ? config.blocking_workers : waiting,
          .blocking_queue = config.blocking_queue,
          .hashing_workers = hashing,
          .hashing_queue = kWaitForThread,
          .most_hashing_workers = hashing + config.accounts.queue + kSpare,
          .limits = config.limits,
          .timeouts = config.timeouts};
}

http::Hsts hsts_of(const Config& config, const PublicUrl& url) {
  if (!url.https()) return http::Hsts::none;
  return config.hsts_subdomains ? http::Hsts::subdomains : http::Hsts::host;
}

// Browsers hold a form to its policy also where the answer sends them on.
std::string form_targets(const Config& config, const PublicUrl& url) {
  if (config.cookie_domain.empty()) return {};
  const std::string scheme = url.https() ? " https://" : " http://";
  const std::string host = config.cookie_domain + ":*";
  return scheme + host + scheme + "*." + host;
}

void announce(LineWriter& out, const Config& config, const PublicUrl& url,
              const LateApplication& application) {
  if (application.made_store()) out.write("Made " + database_path(config.data));
  if (application.made_keys()) {
    out.write("Made " + key_file_path(config.data) + " (keep a copy of it with every backup)");
  }
  out.write("Users and sessions are in " + store_place(config.data, config.store_url));
  out.write("latchkey is ready: " + url.origin() + split_base(config.public_url).second + "/");
}

int give_up(const LateApplication::Failure& failure) {
  return give_up(failure.misconfigured ? kExitUsage : kExitFailed, failure.error.detail);
}

std::optional<LateApplication::Failure> open_once(LateApplication& application,
                                                  const TerminationSignals& signals) {
  const EndAtOnce watch(signals, kExitOk);  // a store may take long to answer
  return application.open();
}

// open_store_first opens the store, as far as it is there. The first start has no key file yet and
// serves nobody, so it waits for a while and then says what is wrong; later ones go on without.
// Returns an exit code, or nothing: serve.
std::optional<int> open_store_first(LateApplication& application, const Config& config,
                                    const TerminationSignals& signals) {
  std::error_code ignored;
  const bool first_start = !std::filesystem::exists(key_file_path(config.data), ignored);
  const auto until = std::chrono::steady_clock::now() + config.start_wait;
  for (bool told = false;; told = true) {
    const auto failure = open_once(application, signals);
    if (!failure) return std::nullopt;
    if (!failure->may_pass) return give_up(*failure);
    if (!first_start) return std::nullopt;
    if (std::chrono::steady_clock::now() + kTryAgain > until) return give_up(*failure);
    if (!told) {
      log(LogLevel::warn, "store_awaited",
          {{"detail", failure->error.detail}, {"at_most", duration_text(config.start_wait)}});
    }
    const auto signal = signals.wait(kTryAgain);
    if (signal && *signal != SIGHUP) return kExitOk;
  }
}

// Running is what a signal may change.
struct Running {
  HttpServer& server;
  LateApplication& application;
  Config& config;
  const ConfigReader& reread;
};

std::string list_text(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list.append(list.empty() ? "" : ", ").append(text);
  return list;
}

// What would be refused at a start changes nothing.
void reload_settings(const Running& running) {
  const auto refused = [](const Error& error) {
    log(LogLevel::error, "settings_refused",
        {{"detail", error.detail}, {"hint", "the settings of before stay in force"}});
  };
  const Result<Config> wanted = running.reread();
  if (!wanted) return refused(wanted.error());
  if (const auto verify = verify_settings(*wanted); !verify) return refused(verify.error());
  const Reload reload = take_live(running.config, *wanted);
  running.application.reload(running.config);
  running.server.set_timeouts(running.config.timeouts);
  running.server.log_requests(running.config.log_requests);
  set_logging(running.config.log_level, running.config.log_format);
  log(LogLevel::info, "settings_loaded", {{"changed", list_text(reload.applied)}});
  if (reload.need_restart.empty()) return;
  log(LogLevel::warn, "settings_need_restart", {{"settings", list_text(reload.need_restart)}});
}

void reload(const Running& running) {
  notify_reloading();
  reload_settings(running);
  running.application.reload_keys(true);
  notify_service_manager("READY=1");
}

// wait_until_told returns at the first signal that ends the server.
void wait_until_told(const TerminationSignals& signals, const Running& running) {
  for (;;) {
    const auto told = signals.wait(std::chrono::hours{1});
    if (told == SIGHUP) reload(running);
    if (told && *told != SIGHUP) return;
  }
}

// drain lets requests under way finish, for as long as the configuration says.
void drain(HttpServer& server, LateApplication& application, Millis time) {
  notify_service_manager("STOPPING=1");
  log(LogLevel::info, "draining", {{"connections", std::to_string(server.open_connections())}});
  application.drain();
  server.drain();
  if (server.wait(time)) return;
  log(LogLevel::warn, "drain_cut_short",
      {{"connections", std::to_string(server.open_connections())}});
}

// run serves until it is told to stop, and then stops.
int run(const Running& running, const TerminationSignals& signals, LineWriter& out) {
  LateApplication& application = running.application;
  std::optional<EndAtOnce> second;
  {
    const Periodic probe(http::Readiness::kProbeEvery, [&] { application.probe(); });
    const Periodic keys(kReloadInterval, [&] { application.reload_keys(false); });
    wait_until_told(signals, running);
    second.emplace(signals, kExitFailed);
    drain(running.server, application, running.config.timeouts.drain);
  }
  running.server.stop();
  if (Result<void> flushed = application.flush(); !flushed) {
    log(LogLevel::warn, "flush_failed", {{"code", error_name(flushed.error().code)}});
  }
  log(LogLevel::info, "stopped");
  out.flush(kLastWords);
  return kExitOk;
}

void warn_at_start(const Config& config) {
  if (const std::string open = exposed_ancestor(config.data); !open.empty()) {
    log(LogLevel::warn, "data_directory_exposed",
        {{"directory", open}, {"run", "chmod o-w " + open}});
  }
  for (const std::string& name : config.old_names) {
    log(LogLevel::warn, "setting_renamed", {{"setting", name}, {"section_now", "takeover"}});
  }
}

// Behind a proxy whose word does not count, everybody is one and the same client.
void warn_of_sockets(const Config& config, const HttpServer& server) {
  const auto& all = server.addresses();
  const bool any =
      std::any_of(all.begin(), all.end(), [](const auto& one) { return one.is_file(); });
  if (!any || trusted_proxies(config).contains_peer(guard::kUnixPeer)) return;
  log(LogLevel::warn, "unix_peers_untrusted",
      {{"hint", "if a proxy connects there, add \"unix\" to server.trusted_proxies"}});
}

std::string addresses_text(const HttpServer& server) {
  std::vector<std::string> texts;
  for (const auto& address : server.addresses()) texts.push_back(listen_address_text(address));
  return list_text(texts);
}

void log_started(const Config& config, const HttpServer& server, const PublicUrl& url,
                 const LateApplication& application) {
  log(LogLevel::info, "started",
      {{"listen", addresses_text(server)},
       {"public_url", url.origin()},
       {"store", store_place(config.data, config.store_url)},
       {"store_state", application.is_open() ? "open" : "awaited"}});
  if (!url.https() && config.allow_plain_http) {
    log(LogLevel::warn, "plain_http", {{"hint", "publish this port on loopback only"}});
  }
  warn_of_sockets(config, server);
}

// Sides are the servers beside the public one; those that are not wanted are not there.
struct Sides {
  std::unique_ptr<MetricsServer> metrics{};
  std::unique_ptr<AdminServer> admin{};
};

// side_options listens at `setting`, or where the service manager does for it.
std::optional<HttpServerOptions> side_options(const std::string& setting,
                                              std::vector<PassedSocket> passed) {
  const auto address = parse_listen_address(setting);
  if (!passed.empty()) return HttpServerOptions{.listen = {}, .passed = std::move(passed)};
  if (!address) return std::nullopt;
  return HttpServerOptions{.listen = {*address}};
}

Result<void> start_metrics(const Config& config, std::vector<PassedSocket> passed,
                           const HttpServer& server, const LateApplication& application,
                           Sides& sides) {
  auto options = side_options(config.metrics_listen, std::move(passed));
  if (!options) return {};
  options->socket = config.socket;
  auto started =
      MetricsServer::start(*std::move(options), metrics_source(config, server, application));
  if (!started) return started.error();
  const ListenAddress& bound = (*started)->addresses().front();
  log(LogLevel::info, "metrics_started",
      {{"listen", listen_address_text(bound)}, {"port", std::to_string(bound.port)}});
  sides.metrics = *std::move(started);
  return {};
}

Result<void> start_admin(const Config& config, std::vector<PassedSocket> passed,
                         LateApplication& application, Sides& sides) {
  auto options = side_options(config.admin_listen, std::move(passed));
  if (!options) return {};
  auto started = AdminServer::start(*std::move(options), [&](const http::Request& request) {
    return application.handle_admin(request);
  });
  if (!started) return started.error();
  log(LogLevel::info, "admin_started",
      {{"listen", listen_address_text((*started)->addresses().front())}});
  sides.admin = *std::move(started);
  return {};
}

// take_named takes those of the passed sockets that are called `name`.
std::vector<PassedSocket> take_named(std::vector<PassedSocket>& passed, std::string_view name) {
  std::vector<PassedSocket> taken;
  std::vector<PassedSocket> rest;
  for (PassedSocket& socket : passed) {
    (socket.name == name ? taken : rest).push_back(std::move(socket));
  }
  passed = std::move(rest);
  return taken;
}

}  // namespace

int serve(Config config, const ConfigReader& reread) {
  const TerminationSignals signals;
  keep_memory_small();
  start_logging(config.log_level, config.log_format);
  const FlushLog flush;
  warn_at_start(config);
  for (const Result<void>& fine : {use_brand(config), check_mail(config.mail)}) {
    if (!fine) return give_up(kExitUsage, fine.error().detail);
  }
  auto passed = take_passed_sockets();
  if (!passed) return give_up(kExitFailed, passed.error().detail);
  auto for_metrics = take_named(*passed, "metrics");
  auto for_admin = take_named(*passed, "admin");

  // Before an address is taken and a database is made.
  if (passed->empty()) {
    const Result<PublicUrl> url = decide_public_url(config, config.listen);
    if (!url) return give_up(kExitUsage, url.error().detail);
  }
  auto server = HttpServer::bind(server_options(config, *std::move(passed)));
  if (!server) {
    return give_up(kExitFailed,
                   server.error().detail + "; choose another address with --listen HOST:PORT");
  }
  const Result<PublicUrl> url = decide_public_url(config, (*server)->addresses());
  if (!url) return give_up(kExitUsage, url.error().detail);

  LineWriter out(STDOUT_FILENO);
  LateApplication application(config, *url);
  if (const auto code = open_store_first(application, config, signals)) return *code;

  Sides sides;
  Result<void> beside = start_metrics(config, std::move(for_metrics), **server, application, sides);
  if (beside) beside = start_admin(config, std::move(for_admin), application, sides);
  if (!beside) return give_up(kExitFailed, beside.error().detail);
  (*server)->log_requests(config.log_requests);
  (*server)->start(application, {.hsts = hsts_of(config, *url),
                                 .form_targets = form_targets(config, *url),
                                 .base = split_base(config.public_url).second});
  log_started(config, **server, *url, application);
  // The keys may come from the environment, so it is needed until the store is open.
  const auto opened = [&] {
    forget_environment();
    announce(out, config, *url, application);
  };
  if (application.is_open()) {
    opened();
  } else {
    out.write("latchkey answers 503 at " + url->origin() + "/ until its store is there");
    application.keep_opening(opened);
  }
  notify_service_manager("READY=1");
  return run({**server, application, config, reread}, signals, out);
}

}  // namespace latchkey::server
