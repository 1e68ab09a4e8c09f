#include "auth/auth_parts.h"

#include <utility>

#include "auth/session_impl.h"

namespace latchkey {

Result<std::unique_ptr<Auth>> AuthParts::assemble(Store& store, std::unique_ptr<Sessions> sessions,
                                                  AuthOptions options) {
  auto url = PublicUrl::parse(options.public_url);
  if (!url) return url.error();
  auto impl = std::make_unique<Auth::Impl>(std::move(options), std::move(*url));
  impl->store = &store;
  impl->sessions = std::move(sessions);
  impl->events = impl->sessions->options().events;
  if (impl->events == nullptr) {
    impl->own_events =
        std::make_unique<EventLog>(store.events(), EventLogOptions{.retention = Millis{0}});
    impl->events = impl->own_events.get();
  }
  if (Result<void> named = impl->make_device_cookie(); !named) return named.error();
  if (Result<void> made = impl->make_binder(); !made) return made.error();
  return std::unique_ptr<Auth>(new Auth(std::move(impl)));
}

Accounts& AuthParts::give(Auth& auth, std::unique_ptr<Accounts> accounts) noexcept {
  auth.impl_->accounts = std::move(accounts);
  return *auth.impl_->accounts;
}

void AuthParts::offer_device(AuthSession& session) {
  AuthSession::Impl& impl = *session.impl_;
  if (impl.state != AuthState::user || !impl.record->binding.empty()) return;
  const bool young = impl.auth.clock.now() < impl.record->created_at + kBindingTime;
  const bool page = impl.facts.navigation() && !impl.facts.prefetch;
  if (young && page) impl.offer_device();
}

std::string_view AuthParts::shown(const AuthSession& session) noexcept {
  return session.impl_->shown();
}

}  // namespace latchkey
