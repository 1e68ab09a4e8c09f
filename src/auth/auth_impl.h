#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/device_binding/binder.h"
#include "auth/request_facts.h"
#include "base/periodic.h"
#include "latchkey/auth.h"
#include "latchkey/client_address.h"
#include "latchkey/codec/cookie.h"
#include "latchkey/lookup.h"
#include "session/guest_limiter.h"

namespace latchkey {

// Impl is what all requests share. In the order of dependence; destroyed from the end.
struct Auth::Impl {
  Impl(AuthOptions given, PublicUrl parsed)
      : options(std::move(given)),
        url(std::move(parsed)),
        clock(options.clock != nullptr ? *options.clock : system_clock()) {}

  // open builds what stands on the store. The options have been checked.
  Result<void> open(std::unique_ptr<Store> given);
  // make_device_cookie: once `sessions` is there.
  Result<void> make_device_cookie();
  // make_binder: likewise. Without device binding there is none.
  Result<void> make_binder();

  // peer_refused: the request came over http from another machine.
  bool peer_refused(const auth::RequestFacts& facts) const noexcept;
  // origin_refusal tells why a request that changes something is a foreign page's. Empty: it is
  // not.
  std::string_view origin_refusal(const auth::RequestFacts& facts, const BeginOptions& asked) const;
  std::string client_of(const auth::RequestFacts& facts) const;

  const AuthOptions options;
  const PublicUrl url;
  const Clock& clock;
  std::vector<PublicUrl> allowed_origins;
  guard::TrustedProxies proxies;
  std::string clear_site_data;
  std::unique_ptr<Store> engine;
  std::unique_ptr<Lookup> lookup;
  std::unique_ptr<NearCache> cache;
  Store* store = nullptr;  // the topmost of them
  std::unique_ptr<EventLog> own_events;
  EventLog* events = nullptr;  // own_events, or those of the sessions that were given
  std::unique_ptr<Sessions> sessions;
  std::unique_ptr<Accounts> accounts;
  session::GuestLimiter unknown_tokens{options.unknown_tokens_per_minute};
  std::optional<CookieWriter> device_cookie;
  std::optional<auth::Binder> binder;
  Entropy* entropy = nullptr;
  std::unique_ptr<Periodic> pruning;
};

}  // namespace latchkey
