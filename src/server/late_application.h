#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "base/mutex.h"
#include "latchkey/public_url.h"
#include "server/application.h"
#include "server/http/handler.h"
#include "server/settings/config.h"

namespace latchkey::server {

// LateApplication is an Application whose store may not be up yet. A server that runs lives through
// an outage of its store, so one that starts must not end by it either: until the store can be
// opened, every request gets 503, cookies stay as they are, and a thread keeps trying. Everything
// that depends on the store (keys in it, cache, invalidations) is made when it is there.
//
//   LateApplication application(config, url);
//   const auto failure = application.open();      // once
//   if (failure && failure->may_pass) application.keep_opening([] { ... });
class LateApplication final : public Handler {
 public:
  LateApplication(const Config& config, const PublicUrl& url);
  ~LateApplication() override;  // waits for a try under way

  struct Failure {
    Error error;
    bool may_pass = false;       // the store is not there yet; trying again may help
    bool misconfigured = false;  // a setting is wrong
  };
  // open opens the store and makes the application. Once at a time; not after it succeeded.
  std::optional<Failure> open() LATCHKEY_EXCLUDES(mutex_);
  // keep_opening calls open on a thread of its own until it succeeds, then `opened`, once.
  void keep_opening(std::function<void()> opened);

  bool is_open() const noexcept { return application_.load() != nullptr; }
  bool made_store() const noexcept { return made_store_; }  // when it is open
  bool made_keys() const noexcept { return made_keys_; }

  http::Lane lane(const http::Request& request) const noexcept override;
  bool reads_body(const http::Request& request) const noexcept override;
  std::span<const std::string_view> route_names() const override;
  std::size_t route_of(const http::Request& request) const noexcept override;
  http::Response handle(const http::Request& request) override;
  http::Attempt try_handle(const http::Request& request) override;

  // These do nothing before it is open, but for reload.
  void probe();
  void reload_keys(bool always);
  // reload takes over what `config` says and can be changed, also for a store that comes later.
  void reload(const Config& config) LATCHKEY_EXCLUDES(mutex_);
  Result<void> flush();

  void drain() noexcept;  // before, too
  std::string metrics() const;
  Application::Numbers numbers() const;
  http::Response handle_admin(const http::Request& request);

 private:
  void run(const std::function<void()>& opened);
  void tell(const Failure& failure) LATCHKEY_EXCLUDES(mutex_);
  bool pause(Millis time) LATCHKEY_EXCLUDES(mutex_);

  Config config() const LATCHKEY_EXCLUDES(mutex_);

  const PublicUrl url_;
  std::unique_ptr<Application> owned_;
  std::atomic<Application*> application_{nullptr};  // owned_, once it is whole
  std::atomic<bool> draining_{false};
  std::atomic<Errc> cause_{Errc::store_unavailable};  // why the last try failed
  bool made_store_ = false;
  bool made_keys_ = false;
  mutable Mutex mutex_;
  Config config_ LATCHKEY_GUARDED_BY(mutex_);
  Condition changed_;
  bool stopping_ LATCHKEY_GUARDED_BY(mutex_) = false;
  std::string told_ LATCHKEY_GUARDED_BY(mutex_);  // the failure that was logged last
  std::thread thread_;
};

}  // namespace latchkey::server
