#include "latchkey/auth.h"

#include <algorithm>
#include <array>

#include "auth/auth_impl.h"
#include "auth/cookie_forms.h"
#include "auth/session_impl.h"
#include "auth/takeover.h"
#include "base/log.h"
#include "latchkey/address.h"
#include "latchkey/origin_check.h"
#include "latchkey/safe_redirect.h"

namespace latchkey {
namespace {

Error refuse(std::string what) { return {Errc::bad_config, std::move(what)}; }

// is_own_path tells whether `path` is a page of this site, to which browsers may be sent.
bool is_own_path(const std::string& path) {
  return !path.empty() && guard::safe_redirect(path, "") == path;
}

Result<std::string> clear_site_data(const AuthOptions& options) {
  static constexpr std::array<std::string_view, 3> kKnown{"cache", "storage", "executionContexts"};
  std::string header;
  for (const std::string& type : options.clear_site_data) {
    if (std::find(kKnown.begin(), kKnown.end(), type) == kKnown.end()) {
      return refuse("clear_site_data: \"" + type +
                    "\" is not known here; give cache, storage or executionContexts");
    }
    header.append(header.empty() ? "\"" : ", \"").append(type).append("\"");
  }
  return header;
}

// own_url: nothing when it is that of Auth itself.
std::optional<PublicUrl> own_url(const BeginOptions& asked) {
  if (asked.own_origin.empty()) return std::nullopt;
  auto parsed = PublicUrl::parse(asked.own_origin);
  return parsed ? std::optional(std::move(*parsed)) : std::nullopt;
}

void prune_and_log(Sessions& sessions) {
  const Result<std::size_t> pruned = sessions.prune();
  if (pruned && *pruned > 0) {
    log(LogLevel::info, "pruned", {{"rows", std::to_string(*pruned)}});
  } else if (!pruned) {
    log(LogLevel::warn, "prune_failed",
        {{"code", error_name(pruned.error().code)}, {"detail", pruned.error().detail}});
  }
}

}  // namespace

Result<std::unique_ptr<Auth>> Auth::open(std::unique_ptr<Store> store, AuthOptions options) {
  if (!store) return refuse("Auth::open needs a store");
  auto url = PublicUrl::parse(options.public_url);
  if (!url) return url.error();
  if (!is_own_path(options.login_path)) return refuse("login_path: write a path such as /login");
  if (!options.reauth_path.empty() && !is_own_path(options.reauth_path)) {
    return refuse("reauth_path: write a path such as /reauth, or nothing");
  }
  if (!is_own_path(options.home_path)) return refuse("home_path: write a path such as /");
  if (options.prune_every < Millis{0}) return refuse("prune_every cannot be negative");
  if (options.event_retention < Millis{0}) return refuse("event_retention cannot be negative");
  auto impl = std::make_unique<Impl>(std::move(options), std::move(*url));
  if (Result<void> opened = impl->open(std::move(store)); !opened) return opened.error();
  return std::unique_ptr<Auth>(new Auth(std::move(impl)));
}

Result<void> Auth::Impl::open(std::unique_ptr<Store> given) {
  engine = std::move(given);
  store = engine.get();
  for (const std::string& origin : options.allowed_origins) {
    auto parsed = PublicUrl::parse(origin);
    if (!parsed) return refuse("allowed_origins: \"" + origin + "\": " + parsed.error().detail);
    allowed_origins.push_back(std::move(*parsed));
  }
  auto trusted = guard::TrustedProxies::parse(options.trusted_proxies);
  if (!trusted) return refuse("trusted_proxies: " + trusted.error().detail);
  proxies = std::move(*trusted);
  auto clearing = latchkey::clear_site_data(options);
  if (!clearing) return clearing.error();
  clear_site_data = std::move(*clearing);
  auto cookie = auth::session_cookie(url, options.cookie);
  if (!cookie) return cookie.error();

  // Shared look-ups stand in front of the round trip, copies in front of both.
  if (options.remote_store) {
    lookup = make_lookup(*store, {.max_wait = options.store_options.read_timeout});
    store = lookup.get();
  }
  if (options.near_cache) {
    cache = make_near_cache(*store, *options.near_cache);
    store = cache.get();
  }
  own_events = std::make_unique<EventLog>(engine->events(),
                                          EventLogOptions{.retention = options.event_retention,
                                                          .clock = options.clock,
                                                          .entropy = options.entropy});
  events = own_events.get();
  auto opened = Sessions::open(*store, {.policy = options.policy,
                                        .cookie = std::move(*cookie),
                                        .carrier = options.carrier,
                                        .keys = options.keys,
                                        .snapshot = options.snapshot,
                                        .max_chunks = options.cookie.max_chunks,
                                        .seal_format = options.seal_format,
                                        .migrating = options.takeover != nullptr,
                                        .touch_every = options.touch_every,
                                        .guests_per_minute = options.guests_per_minute,
                                        .clock = options.clock,
                                        .entropy = options.entropy,
                                        .events = events});
  if (!opened) return opened.error();
  sessions = std::move(*opened);
  if (Result<void> named = make_device_cookie(); !named) return named;
  if (Result<void> made = make_binder(); !made) return made;
  AccountsOptions passwords = options.passwords;
  if (passwords.site_name.empty()) passwords.site_name = url.origin();
  auto made = Accounts::open(*store, *sessions, std::move(passwords));
  if (!made) return made.error();
  accounts = std::move(*made);
  if (options.prune_every > Millis{0}) {
    pruning = std::make_unique<Periodic>(options.prune_every, [this] { prune_and_log(*sessions); });
  }
  return {};
}

Result<void> Auth::Impl::make_device_cookie() {
  auto writer = CookieWriter::make(auth::device_cookie(sessions->options().cookie));
  if (!writer) return writer.error();
  device_cookie = std::move(*writer);
  return {};
}

// A snapshot in a cookie does not tell whether its session is bound, and no row could.
Result<void> Auth::Impl::make_binder() {
  entropy = options.entropy != nullptr ? options.entropy : &system_entropy();
  if (options.device_binding.mode == DeviceBinding::off) return {};
  if (is_stateless(options.carrier)) {
    return refuse("device_binding: a session that lives in its cookie (carrier " +
                  std::string(carrier_name(options.carrier)) +
                  ") cannot be bound; use stored, encrypted_id or hybrid");
  }
  if (options.device_binding.mode == DeviceBinding::require && options.bearer) {
    return refuse(
        "device_binding: `require` and `bearer` exclude each other: a token that an "
        "application keeps is bound to nothing");
  }
  auto meta = store->meta().meta();
  if (!meta) return meta.error();
  auto made = auth::Binder::make(options.device_binding, sessions->options().cookie, url.origin(),
                                 meta->slot_key);
  if (!made) return made.error();
  binder.emplace(*std::move(made));
  return {};
}

// Over plain http everybody on the way reads the cookie, so it stays on this machine.
bool Auth::Impl::peer_refused(const auth::RequestFacts& facts) const noexcept {
  if (url.https() || options.allow_plain_http) return false;
  const auto peer = guard::Address::parse(facts.peer);
  return peer && !peer->is_loopback() && !proxies.contains(*peer);
}

std::string_view Auth::Impl::origin_refusal(const auth::RequestFacts& facts,
                                            const BeginOptions& asked) const {
  if (facts.safe()) return {};
  const auto named = [&](const PublicUrl& other) { return other.origin() == *facts.origin; };
  if (facts.origin && !facts.repeated &&
      std::any_of(allowed_origins.begin(), allowed_origins.end(), named)) {
    return {};
  }
  const std::optional<PublicUrl> own = own_url(asked);
  const auto verdict = guard::check_origin(facts.origin_facts(asked.json_only), own ? *own : url);
  if (verdict == guard::OriginVerdict::allowed) return {};
  return guard::origin_verdict_name(verdict);
}

std::string Auth::Impl::client_of(const auth::RequestFacts& facts) const {
  return guard::client_address(facts.peer, facts.forwarded(), proxies);
}

Auth::Auth(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Auth::~Auth() = default;

Result<AuthSession> Auth::begin(const RequestView& request, const BeginOptions& options) {
  auto session = std::make_unique<AuthSession::Impl>(*impl_, request, options);
  if (Result<void> begun = session->begin(Wait::allowed); !begun) return begun.error();
  return AuthSession(std::move(session));
}

Result<Begun> Auth::begin_now(const RequestView& request, const BeginOptions& options) {
  auto session = std::make_unique<AuthSession::Impl>(*impl_, request, options);
  const Result<void> begun = session->begin(Wait::never);
  if (begun) return Begun(AuthSession(std::move(session)));
  if (begun.error().code == Errc::would_wait) return Begun(Pending(std::move(session)));
  return begun.error();
}

Pending::Pending(std::unique_ptr<AuthSession::Impl> impl) noexcept : impl_(std::move(impl)) {}
Pending::~Pending() = default;
Pending::Pending(Pending&&) noexcept = default;
Pending& Pending::operator=(Pending&&) noexcept = default;

Result<AuthSession> Pending::resume() && {
  if (Result<void> begun = impl_->find_out(Wait::allowed); !begun) return begun.error();
  return AuthSession(std::move(impl_));
}

bool Auth::takes_over(const RequestView& request) const {
  if (!impl_->options.takeover) return false;
  const auth::RequestFacts facts(request);
  const bool bearer = impl_->options.bearer && facts.bearer();
  return !bearer && !facts.prefetch && impl_->options.takeover->wants(facts, impl_->clock.now()) &&
         auth::Presented::from_cookie(facts, *impl_->sessions).brought() == auth::Brought::nothing;
}

Result<void> Auth::check() { return impl_->engine->meta().check(); }

AuthStats Auth::stats() const {
  AuthStats stats;
  if (impl_->cache) {
    stats.cache = impl_->cache->stats();
    stats.watch = impl_->cache->sessions().watch_status();
  }
  if (impl_->lookup) stats.lookups = impl_->lookup->stats();
  if (impl_->events->enabled()) stats.events = impl_->events->stats();
  return stats;
}

// A copy of a session may be believed until it reaches its hard age, and a snapshot in a cookie
// until it expires. Denials of stateless sessions are never cached.
Millis Auth::staleness() const noexcept {
  const AuthOptions& options = impl_->options;
  const Millis cached = options.near_cache ? options.near_cache->max_age : Millis{0};
  return cached + (options.carrier == Carrier::hybrid ? options.snapshot : Millis{0});
}

Result<std::size_t> Auth::prune() { return impl_->sessions->prune(); }
Result<void> Auth::flush() {
  Result<void> touched = impl_->sessions->flush();
  Result<void> told = impl_->events->flush();
  return touched ? told : touched;
}
Store& Auth::store() noexcept { return *impl_->store; }
Store& Auth::engine() noexcept { return *impl_->engine; }
Sessions& Auth::sessions() noexcept { return *impl_->sessions; }
Accounts& Auth::accounts() noexcept { return *impl_->accounts; }
EventLog& Auth::events() noexcept { return *impl_->events; }
const PublicUrl& Auth::public_url() const noexcept { return impl_->url; }
const guard::TrustedProxies& Auth::trusted_proxies() const noexcept { return impl_->proxies; }
const AuthOptions& Auth::options() const noexcept { return impl_->options; }

}  // namespace latchkey
