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

// Start here. Auth is everything a program needs for log-ins: it opens the store, finds out who
// sends a request, and says which headers must go back. The guide: docs/cpp/README.md
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

// FormerCookie is a form in which an earlier configuration wrote the cookie. It is deleted where it
// may still be around, because two cookies of one name are no session.
struct FormerCookie {
  std::string domain{};  // empty: the host-only form
  std::string path = "/";
};

// AuthCookie says how the cookie is written. Secure and HttpOnly are not negotiable.
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

// AuthOptions: only `public_url`, and `store` where Auth opens it, have to be given.
struct AuthOptions {
  std::string store{};  // a URL: see latchkey/open_store.h
  OpenStoreOptions store_options{};
  bool remote_store = false;  // the store is a round trip away: look-ups share them. Set by
                              // itself where Auth opens a URL
  // public_url is the address browsers use. It decides cookie, Secure and the Origin that is
  // expected; over http only loopback is served. The Host header decides nothing.
  std::string public_url{};
  // allow_plain_http serves http to other machines, too: in a container whose port is published on
  // loopback only. Anybody between the two machines can read passwords and cookies.
  bool allow_plain_http = false;
  std::vector<std::string> allowed_origins{};  // other origins whose pages may send POST and so on
  std::vector<std::string> trusted_proxies{};  // peers whose X-Forwarded-For is believed
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
  std::string login_path = "/login";  // where redirect() sends who is not signed in
  // reauth_path is where redirect() sends who is signed in, but for too long: a page that calls
  // reauthenticate(). Empty: the log-in page, with `reason=recent_login`.
  std::string reauth_path{};
  std::string home_path = "/";  // where to go after a log-in that asked for nothing else
  // clear_site_data is sent with a log-out over https: "cache", "storage", "executionContexts".
  // Never "cookies", which would delete those of other sites of the domain.
  std::vector<std::string> clear_site_data{};
  std::shared_ptr<Takeover> takeover{};
  std::uint32_t guests_per_minute = 60;  // for each client address
  // Tokens that no session has, of one client address (IPv6: /64) in a minute, on each node: more
  // are an event, for they are guesses or a client that is broken.
  std::uint32_t unknown_tokens_per_minute = 50;
  Millis touch_every = std::chrono::seconds{1};    // touches are written in groups this often
  Millis prune_every = std::chrono::seconds{60};   // 0: the program calls prune()
  Millis event_retention = std::chrono::days{90};  // docs/events.md; 0: no events are kept
  const Clock* clock = nullptr;                    // nullptr: system_clock()
  Entropy* entropy = nullptr;                      // nullptr: system_entropy()
};

// AuthStats are for metrics. What is not in use has none.
struct AuthStats {
  std::optional<NearCacheStats> cache{};
  std::optional<WatchStatus> watch{};  // how this process hears what others change
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
  // open takes a store that is open already. Misuse is Errc::bad_config, with what to change.
  static Result<std::unique_ptr<Auth>> open(std::unique_ptr<Store> store, AuthOptions options);
  // open by AuthOptions::store, over every engine. Link latchkey::latchkey.
  static Result<std::unique_ptr<Auth>> open(AuthOptions options);
  ~Auth();

  // begin finds out who sends a request. It fails only when the machine does (the store, entropy):
  // answer error_http_status(), which is 503, and leave the cookie alone. Whatever a client can
  // send is an AuthSession with a state. What `request` shows must outlive the session.
  Result<AuthSession> begin(const RequestView& request, const BeginOptions& options = {});

  // begin_now is begin for an event loop: it never waits for a store on the other side of a
  // network, nor for the writes of a takeover. What it cannot tell is Pending, which a worker
  // resumes. With a store in memory or in a file only a takeover pends.
  Result<Begun> begin_now(const RequestView& request, const BeginOptions& options = {});

  // takes_over tells whether begin would take over a session of another system for `request`, which
  // waits for writes: an event loop hands such a request to a worker.
  bool takes_over(const RequestView& request) const;

  // prune deletes what has expired long ago; flush writes queued touches. Both run by themselves.
  Result<std::size_t> prune();
  Result<void> flush();

  // check asks the store whether it answers, for a health check.
  Result<void> check();
  AuthStats stats() const;
  // staleness bounds how long any process with these options accepts a session that has ended.
  Millis staleness() const noexcept;

  // What it is made of, for what a request does not decide: revoke_user of an administrator, a job
  // that lists sessions. They live as long as this.
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
