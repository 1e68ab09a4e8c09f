#include "session/takeover/take_over.h"

#include <span>
#include <string>

#include "base/log.h"

namespace latchkey::session {
namespace {

Result<NewSession> create(Sessions& sessions, const ForeignSession& session,
                          const DeviceContext& context) {
  CreateOptions options{.attributes = session.attributes,
                        .context = context,
                        .authenticated = false,
                        .user_epoch = 0};
  auto made = sessions.create(session.user_id, options);
  const bool unfit = !made && (made.error().code == Errc::too_large ||
                               made.error().code == Errc::invalid_argument);
  if (!unfit) return made;
  log(LogLevel::warn, "attributes_left_behind", {{"user_id", session.user_id.text()}});
  options.attributes = {};
  return sessions.create(session.user_id, options);
}

// The name under which a user's foreign cookies are denied together.
std::string user_key(const UserId& user) {
  return foreign_key("every foreign cookie of " + std::string{user.text()});
}

}  // namespace

std::string_view take_over_status_name(TakeOverStatus status) noexcept {
  switch (status) {
    case TakeOverStatus::taken:
      return "taken";
    case TakeOverStatus::used:
      return "used";
    case TakeOverStatus::ended:
      return "ended";
    case TakeOverStatus::refused:
      break;
  }
  return "refused";
}

Result<TakeOver> take_over(ForeignSource& source, std::string_view text, Sessions& sessions,
                           Store& store, const DeviceContext& context, UnixTime now) {
  auto read = source.read(text, now);
  if (!read) return read.error();
  if (!read->session) return TakeOver{.why = read->why, .member = std::move(read->member)};
  const ForeignSession& session = *read->session;
  auto standing = store.denials().standing(session.key, session.user_id);
  if (!standing) return standing.error();
  if (standing->denied) return TakeOver{.status = TakeOverStatus::used};
  // A foreign cookie knows no epoch: it counts as written under the first one.
  if (source.lives_in_cookies()) {
    auto all = store.denials().standing(user_key(session.user_id), session.user_id);
    if (!all) return all.error();
    if (all->denied) return TakeOver{.status = TakeOverStatus::ended};
  }
  const bool disabled = standing->user && standing->user->disabled;
  if (standing->user_epoch != 0 || disabled) return TakeOver{.status = TakeOverStatus::ended};

  auto made = create(sessions, session, context);
  if (!made && made.error().code == Errc::user_changed) {
    return TakeOver{.status = TakeOverStatus::ended};
  }
  if (!made) return made.error();
  // Ours comes first: a store that fails in between costs nobody their session.
  auto first = source.end(text, session, store.denials());
  if (first && *first) {
    return TakeOver{.status = TakeOverStatus::taken, .session = std::move(*made)};
  }
  // Nobody will ever hold the token of ours, so its end only saves its expiry.
  (void)sessions.revoke(made->record).has_value();
  if (!first) return first.error();
  return TakeOver{.status = TakeOverStatus::used};
}

Result<void> end_take_overs(Store& store, const UserId& user, UnixTime until) {
  const Denial denial{user_key(user), until};
  auto denied = store.denials().deny(std::span(&denial, 1));
  if (!denied) return denied.error();
  return {};
}

}  // namespace latchkey::session
