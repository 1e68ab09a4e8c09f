#include "server/serve.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/log.h"
#include "server/application.h"
#include "server/data_directory.h"
#include "server/http_server.h"
#include "server/key_life.h"
#include "server/log_sink.h"
#include "server/metrics_server.h"
#include "server/periodic.h"
#include "server/process.h"
#include "server/units.h"

namespace latchkey::server {
namespace {

constexpr Millis kSignalPoll{20};

int give_up(int code, const std::string& text) {
  std::fprintf(stderr, "latchkey: %s\n", text.c_str());
  return code;
}

HttpServerOptions server_options(const Config& config) {
  const std::size_t cores = std::max(2U, std::thread::hardware_concurrency());
  // Those that wait for a remote store do nothing meanwhile, and share its answers.
  const std::size_t waiting = is_remote_store(config.store_url) ? 64 : 16;
  return {.host = config.host,
          .port = config.port,
          .threads = config.threads,
          .max_connections = allow_open_files(config.max_connections),
          .blocking_workers = config.blocking_workers != 0 ? config.blocking_workers : waiting,
          .blocking_queue = config.blocking_queue,
          .hashing_workers = config.accounts.workers != 0 ? config.accounts.workers : cores - 1,
          .hashing_queue = config.accounts.queue,
          .limits = config.limits,
          .timeouts = config.timeouts};
}

http::Hsts hsts_of(const Config& config, const PublicUrl& url) {
  if (!url.https()) return http::Hsts::none;
  return config.hsts_subdomains ? http::Hsts::subdomains : http::Hsts::host;
}

void announce(const Config& config, const PublicUrl& url, bool made_store, bool made_keys) {
  if (made_store) std::printf("Made %s\n", database_path(config.data).c_str());
  if (made_keys) {
    std::printf("Made %s (keep a copy of it with every backup)\n",
                key_file_path(config.data).c_str());
  }
  std::printf("Users and sessions are in %s\n", store_place(config.data, config.store_url).c_str());
  std::printf("latchkey is ready: %s/\n", url.origin().c_str());
  std::fflush(stdout);
}

// Waits for the first signal, lets requests under way finish, and heeds a second signal at once.
void run_until_told(const TerminationSignals& signals, HttpServer& server, Application& application,
                    Millis drain_time) {
  for (std::optional<int> told; !told || *told == SIGHUP;) {
    told = signals.wait(std::chrono::hours{1});
    if (told == SIGHUP) application.reload_keys(true);
  }
  notify_service_manager("STOPPING=1");
  log(LogLevel::info, "draining", {{"connections", std::to_string(server.open_connections())}});
  application.drain();
  server.drain();
  const auto deadline = std::chrono::steady_clock::now() + drain_time;
  while (!server.wait(Millis{0}) && std::chrono::steady_clock::now() < deadline) {
    const auto told = signals.wait(kSignalPoll);
    if (!told || *told == SIGHUP) continue;
    log(LogLevel::warn, "stopped_at_once");
    ::_exit(kExitFailed);
  }
  if (!server.wait(Millis{0})) {
    log(LogLevel::warn, "drain_cut_short",
        {{"connections", std::to_string(server.open_connections())}});
  }
}

}  // namespace

int serve(const Config& config) {
  const TerminationSignals signals;
  keep_memory_small();
  start_logging(config.log_level, config.log_format);

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

  Result<OpenedData> data =
      open_data(config.data, config.store_url, config.store, system_entropy());
  if (!data) return give_up(kExitFailed, data.error().detail);
  const bool made_store = data->made_store;
  const bool made_keys = data->made_keys;
  Result<std::unique_ptr<Application>> application =
      Application::make(std::move(*data), config, *url);
  if (!application) {
    const bool misconfigured = application.error().code == Errc::bad_config;
    return give_up(misconfigured ? kExitUsage : kExitFailed, application.error().detail);
  }

  std::unique_ptr<MetricsServer> metrics;
  if (!config.metrics_listen.empty()) {
    auto started =
        MetricsServer::start(config.metrics_listen, [&] { return (*application)->metrics(); });
    if (!started) return give_up(kExitFailed, started.error().detail);
    metrics = std::move(*started);
    log(LogLevel::info, "metrics_started", {{"port", std::to_string(metrics->port())}});
  }
  (*server)->start(**application, hsts_of(config, *url));
  announce(config, *url, made_store, made_keys);
  log(LogLevel::info, "started",
      {{"listen", host_port_text((*server)->host(), (*server)->port())},
       {"public_url", url->origin()},
       {"store", store_place(config.data, config.store_url)}});
  if (!url->https() && config.allow_plain_http) {
    log(LogLevel::warn, "plain_http", {{"hint", "publish this port on loopback only"}});
  }
  notify_service_manager("READY=1");
  {
    const Periodic prune(config.prune_every, [&] { (*application)->prune(); });
    const Periodic keys(kReloadInterval, [&] { (*application)->reload_keys(false); });
    run_until_told(signals, **server, **application, config.timeouts.drain);
  }
  (*server)->stop();
  if (Result<void> flushed = (*application)->flush(); !flushed) {
    log(LogLevel::warn, "flush_failed", {{"code", error_name(flushed.error().code)}});
  }
  log(LogLevel::info, "stopped");
  return kExitOk;
}

}  // namespace latchkey::server
