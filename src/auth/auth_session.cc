#include "latchkey/auth_session.h"

#include "auth/session_impl.h"
#include "base/log.h"
#include "base/utf8.h"
#include "latchkey/origin_check.h"
#include "session/activity.h"

// Who asks, and what they may do.
namespace latchkey {
namespace {

// As many sessions as a store gives at once.
constexpr std::size_t kPage = 1000;

Device device_of(const SessionRecord& session, const SessionId& current) {
  return {.id = session.id,
          .user_agent = session.user_agent,
          .address = session.address,
          .created_at = session.created_at,
          .last_seen_at = session.last_seen_at,
          .current = session.id == current,
          .bound = !session.binding.empty()};
}

}  // namespace

std::string_view auth_state_name(AuthState state) noexcept {
  switch (state) {
    case AuthState::guest:
      return "guest";
    case AuthState::user:
      return "user";
    case AuthState::expired:
      return "expired";
    case AuthState::revoked:
      return "revoked";
    case AuthState::refused:
      return "refused";
    case AuthState::unproven:
      return "unproven";
    case AuthState::none:
      break;
  }
  return "none";
}

AuthSession::AuthSession(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
AuthSession::~AuthSession() = default;
AuthSession::AuthSession(AuthSession&&) noexcept = default;
AuthSession& AuthSession::operator=(AuthSession&&) noexcept = default;

AuthState AuthSession::state() const noexcept { return impl_->state; }

const UserId& AuthSession::user_id() const noexcept {
  static const UserId kNobody;
  return *this ? impl_->record->user_id : kNobody;
}

const SessionRecord* AuthSession::record() const noexcept {
  return impl_->record ? &*impl_->record : nullptr;
}

Millis AuthSession::stale_for() const noexcept { return impl_->stale_for; }

std::uint8_t AuthSession::level() const noexcept {
  return *this ? impl_->record->level : std::uint8_t{0};
}

UnixTime AuthSession::authenticated_at() const noexcept {
  return *this ? impl_->record->authenticated_at : UnixTime{};
}

bool AuthSession::device_bound() const noexcept { return *this && !impl_->record->binding.empty(); }

Result<const User*> AuthSession::user() {
  const User* nobody = nullptr;
  if (!*this) return nobody;
  if (!impl_->user_known) {
    auto stored = impl_->auth.store->users().find_user(user_id());
    if (!stored) return impl_->told(stored.error());
    if (*stored && (*stored)->user.disabled) {
      impl_->forget(AuthState::none);
      return nobody;
    }
    if (*stored) impl_->user = std::move((*stored)->user);
    impl_->user_known = true;
  }
  return impl_->user ? &*impl_->user : nobody;
}

Result<SessionPage> AuthSession::devices(std::string_view after, std::size_t limit) {
  if (!*this) return SessionPage{};
  if (is_stateless(impl_->auth.options.carrier)) {
    SessionPage page;
    SessionRecord& only = page.records.emplace_back(*impl_->record);
    only.user_agent = clean_line(impl_->facts.user_agent, kMaxUserAgentBytes);
    only.address = impl_->client();
    return page;
  }
  auto page = impl_->auth.sessions->list(user_id(), after, limit);
  if (!page) return impl_->told(page.error());
  return page;
}

Result<std::vector<Device>> AuthSession::devices() {
  std::vector<Device> devices;
  std::string after;
  do {
    auto page = this->devices(after, kPage);
    if (!page) return page.error();
    for (const SessionRecord& session : page->records) {
      devices.push_back(device_of(session, impl_->record->id));
    }
    after = std::move(page->next);
  } while (!after.empty());
  return devices;
}

DeviceContext AuthSession::client() { return impl_->context(); }

std::string_view AuthSession::client_address() { return impl_->client(); }

bool AuthSession::brought_token() const noexcept {
  return impl_->presented.brought() != auth::Brought::nothing;
}

std::optional<Refusal> AuthSession::refusal() const {
  if (impl_->state != AuthState::refused) return std::nullopt;
  const auto& origin = impl_->facts.origin;
  return Refusal{impl_->refused_for, impl_->expected_origin(),
                 origin ? guard::shown_origin(*origin) : std::string{}};
}

Result<EventPage> AuthSession::events(std::string_view after, std::size_t limit) {
  impl_->failure.reset();
  if (Result<void> fine = impl_->need_user(); !fine) return impl_->told(fine.error());
  auto page = session::list_activity(impl_->auth.store->events(), impl_->auth.events, user_id(),
                                     after, limit);
  if (!page) return impl_->told(page.error());
  return page;
}

// Whose session it is decides the store and no cache; of another user's nothing is told (R24).
Result<bool> AuthSession::end_device(const SessionId& id) {
  impl_->failure.reset();
  Result<void> fine = impl_->may_change(false);
  if (fine) fine = impl_->need_user();
  if (!fine) return impl_->told(fine.error());
  if (id == impl_->record->id) {
    return log_out();
  }
  auto found = impl_->auth.store->sessions().find(std::span(&id, 1), {.fresh = true});
  if (!found) return impl_->told(found.error());
  const auto& session = found->front().record;
  if (!session || session->user_id != user_id()) return false;
  auto ended = impl_->auth.sessions->revoke(*session, EndReason::revoked, impl_->context());
  if (!ended) return impl_->told(ended.error());
  log(LogLevel::info, "session_revoked",
      {{"session_id", id.text()}, {"user_id", user_id().text()}});
  return *ended;
}

bool AuthSession::require(const Demand& demand) {
  impl_->failure.reset();
  impl_->shortfall = auth::Shortfall::none;
  impl_->demand_failed = false;
  const bool exact = demand.level > 0 || demand.max_auth_age > Millis{0} || demand.bound;
  if (*this && exact && impl_->from_snapshot) {
    if (Result<void> seen = impl_->refresh(); !seen) (void)impl_->told(seen.error());
  }
  if (*this) {
    impl_->shortfall = auth::shortfall_of(demand, level(), authenticated_at(), device_bound(),
                                          impl_->auth.clock.now());
  }
  const bool met = *this && !impl_->failure && impl_->shortfall == auth::Shortfall::none;
  impl_->demand_failed = !met;
  impl_->rebuild();
  return met;
}

bool AuthSession::recheck() {
  impl_->failure.reset();
  if (Result<void> seen = impl_->refresh(); !seen) (void)impl_->told(seen.error());
  return *this && !impl_->failure;
}

}  // namespace latchkey
