#include "server/late_application.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "http/api/problem.h"
#include "http/health.h"
#include "http/routes.h"
#include "latchkey/open_store.h"
#include "server/files/data_directory.h"
#include "server/metrics/store_metrics.h"

namespace latchkey::server {
namespace {

constexpr Millis kFirstPause{250};
constexpr Millis kLongestPause{2000};

}  // namespace

LateApplication::LateApplication(const Config& config, const PublicUrl& url)
    : url_(url), config_(config) {}

LateApplication::~LateApplication() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::optional<LateApplication::Failure> LateApplication::open() {
  const auto failed = [this](const Error& error, bool may_pass, bool misconfigured) {
    cause_ = error.code;
    return Failure{error, may_pass, misconfigured};
  };
  const Config given = config();
  Result<OpenedData> data = open_data(given.data, given.store_url, given.store, system_entropy());
  if (!data) {
    const bool remote = is_remote_store(given.store_url);
    return failed(data.error(), remote && may_come_up(data.error()), false);
  }
  made_store_ = data->made_store;
  made_keys_ = made_keys_ || data->made_keys;
  Result<std::unique_ptr<Application>> made = Application::make(std::move(*data), given, url_);
  if (!made) {
    return failed(made.error(), may_come_up(made.error()), made.error().code == Errc::bad_config);
  }
  owned_ = std::move(*made);
  {
    const MutexLock lock(mutex_);
    owned_->reload(config_);  // it may have changed meanwhile
    application_ = owned_.get();
  }
  if (draining_) owned_->drain();
  return std::nullopt;
}

void LateApplication::keep_opening(std::function<void()> opened) {
  thread_ = std::thread([this, opened = std::move(opened)] { run(opened); });
}

// pause returns false when it is time to end.
bool LateApplication::pause(Millis time) {
  const auto until = std::chrono::steady_clock::now() + time;
  const MutexLock lock(mutex_);
  while (!stopping_) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left <= left.zero()) return true;
    changed_.wait_for(mutex_, left);
  }
  return false;
}

void LateApplication::run(const std::function<void()>& opened) {
  for (Millis time = kFirstPause; pause(time); time = std::min(2 * time, kLongestPause)) {
    const std::optional<Failure> failure = open();
    if (!failure) return opened();
    tell(*failure);
  }
}

// What refuses now, such as a store that came up as another one, ends nothing: somebody may put it
// right, and until then nothing is served.
void LateApplication::tell(const Failure& failure) {
  {
    const MutexLock lock(mutex_);
    if (told_ == failure.error.detail) return;
    told_ = failure.error.detail;
  }
  log(failure.may_pass ? LogLevel::warn : LogLevel::error,
      failure.may_pass ? "store_awaited" : "store_refused",
      {{"error", error_name(failure.error.code)}, {"detail", failure.error.detail}});
}

http::Lane LateApplication::lane(const http::Request& request) const noexcept {
  const Application* application = application_.load(std::memory_order_acquire);
  return application != nullptr ? application->lane(request) : http::Lane::inline_read;
}

bool LateApplication::reads_body(const http::Request& request) const noexcept {
  return http::reads_body(request);
}

http::Response LateApplication::handle(const http::Request& request) {
  Application* application = application_.load(std::memory_order_acquire);
  if (application != nullptr) return application->handle(request);
  return http::answer_without_store(request, {.cause = cause_, .draining = draining_});
}

http::Attempt LateApplication::try_handle(const http::Request& request) {
  Application* application = application_.load(std::memory_order_acquire);
  if (application != nullptr) return application->try_handle(request);
  return handle(request);
}

void LateApplication::probe() {
  if (is_open()) owned_->probe();
}
void LateApplication::reload_keys(bool always) {
  if (is_open()) owned_->reload_keys(always);
}
void LateApplication::reload(const Config& config) {
  const MutexLock lock(mutex_);
  config_ = config;
  if (is_open()) owned_->reload(config);
}

Config LateApplication::config() const {
  const MutexLock lock(mutex_);
  return config_;
}

Result<void> LateApplication::flush() { return is_open() ? owned_->flush() : Result<void>{}; }

void LateApplication::drain() noexcept {
  draining_ = true;
  if (is_open()) owned_->drain();
}

std::string LateApplication::metrics() const {
  return is_open() ? owned_->metrics() : readiness_metrics(nullptr);
}

Application::Numbers LateApplication::numbers() const {
  return is_open() ? owned_->numbers() : Application::Numbers{};
}

http::Response LateApplication::handle_admin(const http::Request& request) {
  if (is_open()) return owned_->handle_admin(request);
  return http::problem_response(http::Problem::store_unavailable);
}

std::span<const std::string_view> LateApplication::route_names() const {
  return http::route_names();
}

std::size_t LateApplication::route_of(const http::Request& request) const noexcept {
  return http::route_index(request.path);
}

}  // namespace latchkey::server
