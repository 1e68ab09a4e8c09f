#include "server/serve.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/log.h"
#include "base/periodic.h"
#include "http/readiness.h"
#include "server/brand.h"
#include "server/end_at_once.h"
#include "server/files/data_directory.h"
#include "server/files/private_path.h"
#include "server/http/server.h"
#include "server/keys/life.h"
#include "server/late_application.h"
#include "server/log/line_writer.h"
#include "server/log/sink.h"
#include "server/mail/outbox.h"
#include "server/metrics/server.h"
#include "server/metrics/server_metrics.h"
#include "server/process.h"
#include "server/settings/base_path.h"
#include "server/settings/units.h"

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

HttpServerOptions server_options(const Config& config) {
  const std::size_t cores = std::max(2U, std::thread::hardware_concurrency());
  // Those that wait for a remote store do nothing meanwhile, and share its answers.
  const std::size_t waiting = is_remote_store(config.store_url) ? 64 : 16;
  const std::size_t hashing = config.accounts.workers != 0 ? config.accounts.workers : cores - 1;
  // Accounts says whose turn it is. A thread for each that waits there, and some for those that
  // find out by the limits that they need not.
  constexpr std::size_t kSpare = 8, kWaitForThread = 1024;
  return {.host = config.host,
          .port = config.port,
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

// wait_until_told returns at the first signal that ends the server.
void wait_until_told(const TerminationSignals& signals, LateApplication& application) {
  for (;;) {
    const auto told = signals.wait(std::chrono::hours{1});
    if (told == SIGHUP) application.reload_keys(true);
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
int run(HttpServer& server, LateApplication& application, const TerminationSignals& signals,
        const Config& config, LineWriter& out) {
  std::optional<EndAtOnce> second;
  {
    const Periodic probe(http::Readiness::kProbeEvery, [&] { application.probe(); });
    const Periodic keys(kReloadInterval, [&] { application.reload_keys(false); });
    wait_until_told(signals, application);
    second.emplace(signals, kExitFailed);
    drain(server, application, config.timeouts.drain);
  }
  server.stop();
  if (Result<void> flushed = application.flush(); !flushed) {
    log(LogLevel::warn, "flush_failed", {{"code", error_name(flushed.error().code)}});
  }
  log(LogLevel::info, "stopped");
  out.flush(kLastWords);
  return kExitOk;
}

}  // namespace

int serve(const Config& config) {
  const TerminationSignals signals;
  keep_memory_small();
  start_logging(config.log_level, config.log_format);
  const FlushLog flush;
  if (const std::string open = exposed_ancestor(config.data); !open.empty()) {
    log(LogLevel::warn, "data_directory_exposed",
        {{"directory", open}, {"run", "chmod o-w " + open}});
  }
  for (const std::string& name : config.old_names) {
    log(LogLevel::warn, "setting_renamed", {{"setting", name}, {"section_now", "takeover"}});
  }

  for (const Result<void>& fine : {use_brand(config), check_mail(config.mail)}) {
    if (!fine) return give_up(kExitUsage, fine.error().detail);
  }

  // Before the port is taken and a database is made; any port will do, when none is chosen yet.
  const auto port = std::max<std::uint16_t>(config.port, 1);
  if (Result<PublicUrl> url = decide_public_url(config, config.host, port); !url) {
    return give_up(kExitUsage, url.error().detail);
  }
  Result<std::unique_ptr<HttpServer>> server = HttpServer::bind(server_options(config));
  if (!server) {
    return give_up(kExitFailed, "cannot listen on " + host_port_text(config.host, config.port) +
                                    ": " + server.error().detail +
                                    "; choose another address with --listen HOST:PORT");
  }
  const Result<PublicUrl> url = decide_public_url(config, (*server)->host(), (*server)->port());
  if (!url) return give_up(kExitUsage, url.error().detail);

  LineWriter out(STDOUT_FILENO);
  LateApplication application(config, *url);
  if (const auto code = open_store_first(application, config, signals)) return *code;

  std::unique_ptr<MetricsServer> metrics;
  if (!config.metrics_listen.empty()) {
    auto started = MetricsServer::start(config.metrics_listen, [&] {
      return application.metrics() + server_metrics(**server, log_lines_lost());
    });
    if (!started) return give_up(kExitFailed, started.error().detail);
    metrics = std::move(*started);
    log(LogLevel::info, "metrics_started", {{"port", std::to_string(metrics->port())}});
  }
  (*server)->start(application, {.hsts = hsts_of(config, *url),
                                 .form_targets = form_targets(config, *url),
                                 .base = split_base(config.public_url).second});
  log(LogLevel::info, "started",
      {{"listen", host_port_text((*server)->host(), (*server)->port())},
       {"public_url", url->origin()},
       {"store", store_place(config.data, config.store_url)},
       {"store_state", application.is_open() ? "open" : "awaited"}});
  if (!url->https() && config.allow_plain_http) {
    log(LogLevel::warn, "plain_http", {{"hint", "publish this port on loopback only"}});
  }
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
  return run(**server, application, signals, config, out);
}

}  // namespace latchkey::server
