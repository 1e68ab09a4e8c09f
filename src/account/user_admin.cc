#include "latchkey/user_admin.h"

#include "account/rules.h"
#include "account/username.h"
#include "base/log.h"
#include "crypto/hash_kind.h"
#include "latchkey/event_log.h"
#include "session/attributes.h"

namespace latchkey {
namespace {

// Whoever else changes this password at the same time has to be very busy to win so often.
constexpr int kAttempts = 16;

}  // namespace

std::string_view import_outcome_name(ImportOutcome outcome) noexcept {
  switch (outcome) {
    case ImportOutcome::already_there:
      return "already_there";
    case ImportOutcome::username_invalid:
      return "username_invalid";
    case ImportOutcome::username_taken:
      return "username_taken";
    case ImportOutcome::user_id_taken:
      return "user_id_taken";
    case ImportOutcome::no_password_hash:
      return "no_password_hash";
    case ImportOutcome::hash_unsupported:
      return "hash_unsupported";
    case ImportOutcome::attributes_invalid:
      return "attributes_invalid";
    case ImportOutcome::added:
      break;
  }
  return "added";
}

Result<UserAdmin> UserAdmin::make(Store& store, const UserAdminOptions& options) {
  if (auto fine = account::check_cost(options.cost, options.insecure_cost_for_tests); !fine) {
    return fine.error();
  }
  return UserAdmin(store, options);
}

UnixTime UserAdmin::now() const noexcept {
  return options_.clock != nullptr ? options_.clock->now() : system_clock().now();
}

// What was done stays done when its event cannot be written.
void UserAdmin::note(std::vector<Event> events) {
  for (Event& event : events) event.reason = "operator";
  const Clock& clock = options_.clock != nullptr ? *options_.clock : system_clock();
  const Result<void> done = write_events(store_->events(), std::move(events), clock);
  if (done) return;
  log(LogLevel::warn, "events_not_written",
      {{"code", error_name(done.error().code)}, {"detail", done.error().detail}});
}

Result<NewUser> UserAdmin::add(const Credentials& credentials) {
  auto name = account::parse_username(credentials.username);
  if (!name) return NewUser{.rejection = Rejection::username_invalid};
  const Rejection fault =
      account::strength_of(credentials.password, {credentials.username, options_.site_name});
  if (fault != Rejection::none) return NewUser{.rejection = fault};
  auto known = store_->users().find_username(name->key);
  if (!known) return known.error();
  if (*known) return NewUser{.rejection = Rejection::username_taken};
  const auto leak = account::leak_of(credentials.password, options_.is_leaked);
  if (!leak) return leak.error();
  if (*leak != Rejection::none) return NewUser{.rejection = *leak};
  auto id = account::draw_user_id();
  if (!id) return id.error();
  auto hash = account::hash_new_password(credentials.password, options_.cost, options_.peppers);
  if (!hash) return hash.error();
  StoredUser user{
      .user = {.id = *std::move(id), .username = std::move(name->shown), .created_at = now()},
      .username_key = std::move(name->key),
      .password_hash = *std::move(hash)};
  auto added = store_->users().add_user(user);
  if (!added) return added.error();
  if (!*added) return NewUser{.rejection = Rejection::username_taken};
  note({{.kind = EventKind::sign_up, .user_id = user.user.id}});
  return NewUser{.user = std::move(user.user)};
}

// Without an id, the same name with the same hash is the same user.
Result<std::optional<ImportOutcome>> UserAdmin::find_clash(const StoredUser& user) {
  using Clash = std::optional<ImportOutcome>;
  auto named = store_->users().find_username(user.username_key);
  if (!named) return named.error();
  const UserId& id = user.user.id;
  if (*named) {
    const bool same =
        id.empty() ? (*named)->password_hash == user.password_hash : (*named)->user.id == id;
    return Clash{same ? ImportOutcome::already_there : ImportOutcome::username_taken};
  }
  if (id.empty()) return Clash{};
  auto numbered = store_->users().find_user(id);
  if (!numbered) return numbered.error();
  return *numbered ? Clash{ImportOutcome::user_id_taken} : Clash{};
}

ImportOutcome UserAdmin::prepare(StoredUser& user) const {
  auto name = account::parse_username(user.user.username);
  if (!name) return ImportOutcome::username_invalid;
  if (user.password_hash.empty()) return ImportOutcome::no_password_hash;
  if (!crypto::can_verify(user.password_hash)) return ImportOutcome::hash_unsupported;
  auto attributes = session::checked_attributes(user.user.attributes);
  if (!attributes) return ImportOutcome::attributes_invalid;
  user.username_key = std::move(name->key);
  user.user.username = std::move(name->shown);
  user.user.attributes = *std::move(attributes);
  if (user.user.created_at == UnixTime{}) user.user.created_at = now();
  return ImportOutcome::added;
}

Result<ImportOutcome> UserAdmin::judge(StoredUser& user) {
  const ImportOutcome fault = prepare(user);
  if (fault != ImportOutcome::added) return fault;
  const auto clash = find_clash(user);
  if (!clash) return clash.error();
  return clash->value_or(ImportOutcome::added);
}

Result<ImportOutcome> UserAdmin::check_import(StoredUser user) { return judge(user); }

Result<ImportOutcome> UserAdmin::import(StoredUser user) {
  const auto fine = judge(user);
  if (!fine || *fine != ImportOutcome::added) return fine;
  StoredUser made = user;
  if (made.user.id.empty()) {
    auto id = account::draw_user_id();
    if (!id) return id.error();
    made.user.id = *std::move(id);
  }
  auto added = store_->users().add_user(made);
  if (added && *added) return ImportOutcome::added;
  // Perhaps another import of the same user was faster.
  auto clash = find_clash(user);
  if (!clash) return clash.error();
  if (*clash) return **clash;
  if (!added) return added.error();
  return ImportOutcome::username_taken;
}

Result<std::optional<StoredUser>> UserAdmin::find(std::string_view username) {
  const auto name = account::parse_username(username);
  if (!name) return std::optional<StoredUser>{};
  return store_->users().find_username(name->key);
}

Result<std::optional<StoredUser>> UserAdmin::find(const UserId& id) {
  return store_->users().find_user(id);
}

Result<UserPage> UserAdmin::list(const std::string& after, std::size_t limit) {
  return store_->users().list_users(after, limit);
}

Result<PasswordReset> UserAdmin::set_password(const UserId& id, std::string_view password) {
  auto user = store_->users().find_user(id);
  if (!user) return user.error();
  if (!*user) return PasswordReset{};
  const Rejection fault =
      account::strength_of(password, {(*user)->user.username, options_.site_name});
  if (fault != Rejection::none) return PasswordReset{.rejection = fault};
  const auto leak = account::leak_of(password, options_.is_leaked);
  if (!leak) return leak.error();
  if (*leak != Rejection::none) return PasswordReset{.rejection = *leak};
  auto hash = account::hash_new_password(password, options_.cost, options_.peppers);
  if (!hash) return hash.error();
  for (int attempt = 0; attempt < kAttempts && *user; ++attempt) {
    SetPassword change{
        .user = id, .new_hash = *hash, .expected_hash = (*user)->password_hash, .now = now()};
    auto outcome = store_->users().set_password(change);
    if (!outcome) return outcome.error();
    if (outcome->status == SetPasswordStatus::gone) return PasswordReset{};
    if (outcome->status == SetPasswordStatus::changed) {
      note({{.kind = EventKind::password_changed, .user_id = id}});
      return PasswordReset{.ended = std::move(outcome->removed)};
    }
    user = store_->users().find_user(id);
    if (!user) return user.error();
  }
  if (!*user) return PasswordReset{};
  return Error{Errc::conflict, "the password was changed at the same time; try again"};
}

// The user is disabled first: a log-in that began before has the old epoch and fails, one that
// begins later is refused. Should the second step fail, whoever validates with the user (with_user)
// refuses the sessions all the same.
Result<std::optional<Removed>> UserAdmin::disable(const UserId& id) {
  auto known = store_->users().set_disabled(id, true);
  if (!known) return known.error();
  if (!*known) return std::optional<Removed>{};
  note({{.kind = EventKind::user_disabled, .user_id = id}});
  auto ended = end_sessions(id);
  if (!ended) return ended.error();
  return std::optional{*std::move(ended)};
}

// The sessions of a user whom something else has disabled are still there. They end first.
Result<std::optional<Removed>> UserAdmin::enable(const UserId& id) {
  auto user = store_->users().find_user(id);
  if (!user) return user.error();
  if (!*user) return std::optional<Removed>{};
  if (!(*user)->user.disabled) return std::optional{Removed{}};
  auto ended = end_sessions(id);
  if (!ended) return ended.error();
  auto known = store_->users().set_disabled(id, false);
  if (!known) return known.error();
  if (!*known) return std::optional<Removed>{};
  note({{.kind = EventKind::user_enabled, .user_id = id}});
  return std::optional{*std::move(ended)};
}

Result<std::optional<Removed>> UserAdmin::remove(const UserId& id) {
  auto removed = store_->users().delete_user(id, now());
  if (removed && *removed) note({{.kind = EventKind::user_deleted, .user_id = id}});
  return removed;
}

Result<Removed> UserAdmin::end_sessions(const UserId& id) {
  auto removed = store_->sessions().remove_user(
      id, {.now = now(), .reason = EndReason::revoked, .bump_epoch = true});
  if (!removed) return removed;
  std::vector<Event> events;
  for (const SessionId& session : removed->ids) {
    events.push_back({.kind = EventKind::session_revoked, .user_id = id, .session_id = session});
  }
  note(std::move(events));
  return removed;
}

}  // namespace latchkey
