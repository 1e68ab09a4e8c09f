#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/accounts.h"
#include "latchkey/auth_session.h"
#include "latchkey/begin_options.h"
#include "latchkey/client_address.h"
#include "latchkey/device_binding.h"
#include "latchkey/lookup.h"
#include "latchkey/near_cache.h"
#include "latchkey/open_store.h"
#include "latchkey/pending.h"
#include "latchkey/public_url.h"
#include "latchkey/request_view.h"
#include "latchkey/sessions.h"
#include "latchkey/store.h"

// Start here. Auth is everything a program needs for log-ins: it opens the store, identifies who
// sends a request, and returns the headers to send back. The guide: docs/cpp/README.md
//
//   auto auth = latchkey::Auth::open({.store = "sqlite:app.db",
//                                     .public_url = "https://app.example.com"});
//   if (!auth) return fail(auth.error().detail);  // the text says what to change
//
//   // For each request:
//   auto session = (*auth)->begin({method, target, peer_address, headers});
//   if (!session) return answer(503);             // the store failed; nobody is logged out
//   if (!*session) return redirect("/login");     // `if (session)` is a signed-in, enabled user
//   show_page(session->user_id());
//   session->apply(response);                     // Set-Cookie, Cache-Control, Vary
//
// Adapters for cpp-httplib and Boost.Beast do this for every route: latchkey/adapters/.
namespace latchkey {

// FormerCookie is a form in which an earlier configuration wrote the cookie. Leftover cookies of
// this form are deleted, because two cookies with the same name count as no session.
struct FormerCookie {
  std::string domain{};  // empty: the host-only form
  std::string path = "/";
};

// AuthCookie says how the cookie is written. Secure and HttpOnly cannot be switched off.
struct AuthCookie {
  // name: empty takes the safe one of the public URL: `__Host-session` over https,
  // `__Secure-session` with a domain, `session-PORT` over http on loopback.
  std::string name{};
  std::string domain{};  // shares the session with all subdomains; must hold the public URL's host
  SameSite same_site = SameSite::lax;
  bool partitioned = false;
  std::uint32_t max_chunks = 1;  // cookies a long session may be cut into, at most 4
  std::vector<FormerCookie> former{};
};

// Takeover accepts the sessions of another system once. So far only `latchkey serve` makes one.
class Takeover;

// AuthOptions: only `public_url` is required, and `store` if Auth is to open it.
struct AuthOptions {
  std::string store{};  // a URL: see latchkey/open_store.h
  OpenStoreOptions store_options{};
  bool remote_store = false;  // the store is on the network: look-ups share round trips. Set
                              // automatically if Auth opens a URL
  // public_url is the address browsers use. It determines the cookie, Secure and the expected
  // Origin; over http only loopback is served. The Host header is ignored.
  std::string public_url{};
  // allow_plain_http serves http to other machines, too: in a container whose port is published on
  // loopback only. Anybody between the two machines can read passwords and cookies.
  bool allow_plain_http = false;
  std::vector<std::string> allowed_origins{};  // other origins whose pages may send POST and so on
  std::vector<std::string> trusted_proxies{};  // peers whose X-Forwarded-For is trusted
  Policy policy{};
  Carrier carrier = Carrier::stored;
  std::shared_ptr<const SharedKeyRing> keys{};  // for every carrier but `stored`
  Millis snapshot = std::chrono::seconds{60};   // hybrid: how long reads may go without the store
  std::uint32_t seal_format = 1;                // as SessionsOptions::seal_format
  AuthCookie cookie{};
  bool bearer = false;  // `Authorization: Bearer TOKEN` is accepted too, for mobile applications
  DeviceBindingOptions device_binding{};
  AccountsOptions passwords{};
  std::optional<NearCacheOptions> near_cache = NearCacheOptions{};  // nothing: no copies
  std::string login_path = "/login";  // where redirect() sends visitors who are not signed in
  // reauth_path is where redirect() sends users whose log-in is too old: a page that calls
  // reauthenticate(). Empty: the log-in page, with `reason=recent_login`.
  std::string reauth_path{};
  std::string home_path = "/";  // where a log-in leads if no other page was requested
  // clear_site_data is sent with a log-out over https: "cache", "storage", "executionContexts".
  // Never "cookies", which would delete those of other sites of the domain.
  std::vector<std::string> clear_site_data{};
  std::shared_ptr<Takeover> takeover{};
  std::uint32_t guests_per_minute = 60;  // for each client address
  // Unknown tokens from one client address (IPv6: /64) per minute, on each node: more of them
  // cause an event, because the client is guessing or broken.
  std::uint32_t unknown_tokens_per_minute = 50;
  Millis touch_every = std::chrono::seconds{1};    // touches are written in groups this often
  Millis prune_every = std::chrono::seconds{60};   // 0: the program calls prune()
  Millis event_retention = std::chrono::days{90};  // docs/events.md; 0: no events are kept
  const Clock* clock = nullptr;                    // nullptr: system_clock()
  Entropy* entropy = nullptr;                      // nullptr: system_entropy()
};

// AuthStats are for metrics. Parts that are not in use have none.
struct AuthStats {
  std::optional<NearCacheStats> cache{};
  std::optional<WatchStatus> watch{};  // how this process is notified of changes by others
  std::optional<LookupStats> lookups{};
  std::optional<EventLogStats> events{};
};

// Auth is one per process, and thread-safe. It never throws. open, begin, prune, flush and check
// block: they wait for the store. No other call does. On an event loop use begin_now.
//
// Auth runs threads of its own, which write touches and events and delete expired rows; the
// destructor writes what is queued. docs/cpp/threads.md
class Auth {
 public:
  // open takes a store that is already open. Misuse is Errc::bad_config, with what to change.
  static Result<std::unique_ptr<Auth>> open(std::unique_ptr<Store> store, AuthOptions options);
  // open by AuthOptions::store, over every engine. Link latchkey::latchkey.
  static Result<std::unique_ptr<Auth>> open(AuthOptions options);
  ~Auth();

  // begin identifies who sends a request. It fails only if the store or the entropy source fails:
  // answer error_http_status(), which is 503, and keep the cookie. Anything that a client can
  // send results in an AuthSession with a state. The data of `request` must outlive the session.
  Result<AuthSession> begin(const RequestView& request, const BeginOptions& options = {});

  // begin_now is begin for an event loop: it never waits for a store on the network, nor for the
  // writes of a takeover. If it cannot answer yet it returns a Pending, which a worker thread
  // resumes. With a store in memory or in a file only a takeover is pending.
  Result<Begun> begin_now(const RequestView& request, const BeginOptions& options = {});

  // takes_over returns whether begin would take over a session of another system for `request`.
  // That waits for writes, so an event loop passes such a request to a worker thread.
  bool takes_over(const RequestView& request) const;

  // prune deletes what has expired long ago; flush writes queued touches. Both run by themselves.
  Result<std::size_t> prune();
  Result<void> flush();

  // check tests whether the store answers, for a health check.
  Result<void> check();
  AuthStats stats() const;
  // staleness bounds how long any process with these options accepts a session that has ended.
  Millis staleness() const noexcept;

  // The parts of Auth, for work outside of requests: revoke_user by an administrator, or a job
  // that lists sessions. They live as long as this object.
  Store& store() noexcept;
  Store& engine() noexcept;  // the same without copies and queues
  Sessions& sessions() noexcept;
  Accounts& accounts() noexcept;
  EventLog& events() noexcept;  // for events of the program's own
  const PublicUrl& public_url() const noexcept;
  const guard::TrustedProxies& trusted_proxies() const noexcept;
  const AuthOptions& options() const noexcept;

 private:
  friend class AuthSession;
  friend struct AuthParts;
  struct Impl;
  explicit Auth(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey
