#include "store/redis/records/users.h"

#include <charconv>

#include "store/redis/records/sessions.h"
#include "store/redis/scan_store.h"

namespace latchkey::redis {
namespace {

// A user is made within kMakeUser of the claim of its name, or not at all; so that a claim without
// a user may be taken over after kClaimLife, though the clocks of a cluster's nodes differ.
constexpr std::int64_t kMakeUser = 10'000;
constexpr std::int64_t kClaimLife = 60'000;
constexpr std::size_t kAllFields = 6;

// claim = time-in-milliseconds " " user-id
std::int64_t claim_time(std::string_view claim) noexcept {
  std::int64_t time = 0;
  std::from_chars(claim.data(), claim.data() + claim.size(), time);
  return time;
}
std::string_view claim_user(std::string_view claim) noexcept {
  return claim.substr(std::min(claim.find(' ') + 1, claim.size()));
}

}  // namespace

std::vector<std::string> hmget_user(const std::string& key) {
  return {"HMGET",    key,          "username",     "attributes",
          "disabled", "created_at", "username_key", "password_hash"};
}

Result<std::optional<StoredUser>> read_stored_user(const UserId& id, const Reply& fields) {
  auto user = read_user(id, fields);
  if (!user) return user.error();
  if (!*user || fields.elements.size() != kAllFields) return std::optional<StoredUser>{};
  return std::optional{StoredUser{.user = std::move(**user),
                                  .username_key = fields.elements[4].text,
                                  .password_hash = fields.elements[5].text}};
}

Result<bool> RedisUsers::has_user(std::string_view claim, const std::string& username_key) {
  const auto id = UserId::parse(claim_user(claim));
  if (!id) return damaged();
  const auto holder = find_user(*id);
  if (!holder) return holder.error();
  return holder->has_value() && (*holder)->username_key == username_key;
}

Result<std::optional<std::string>> RedisUsers::claim(const StoredUser& user) {
  const Place name = engine_.keys().of_name(user.username_key);
  auto reply = engine_.write(kClaimName, name, {user.user.id.text()});
  if (!reply) return reply.error();
  if (reply->elements.size() != 3) return damaged();
  const std::string held = reply->elements[0].text;
  if (reply->elements[2].integer == 1) return std::optional{held};
  const std::int64_t now = claim_time(reply->elements[1].text);
  if (now - claim_time(held) < kClaimLife) return std::optional<std::string>{};
  const Result<bool> stands = has_user(held, user.username_key);
  if (!stands) return stands.error();
  if (*stands) return std::optional<std::string>{};
  const std::string ours = std::to_string(now) + ' ' + user.user.id.text();
  auto moved = engine_.write(kMoveName, name, {held, ours});
  if (!moved) return moved.error();
  return moved->integer == 1 ? std::optional{ours} : std::optional<std::string>{};
}

Result<bool> RedisUsers::add_user(const StoredUser& user) {
  auto claimed = claim(user);
  if (!claimed) return claimed.error();
  if (!*claimed) return false;
  auto made = engine_.write(
      kAddUser, engine_.keys().of_user(user.user.id),
      {user.user.id.text(), std::to_string(claim_time(**claimed) + kMakeUser), "username",
       user.user.username, "attributes", user.user.attributes, "disabled",
       user.user.disabled ? "1" : "0", "created_at", millis_text(user.user.created_at),
       "username_key", user.username_key, "password_hash", user.password_hash});
  if (!made) return made.error();
  if (made->integer == 1) return true;
  auto released =
      engine_.write(kMoveName, engine_.keys().of_name(user.username_key), {**claimed, ""});
  if (!released) return released.error();
  if (made->integer == 0) return false;
  return Error{Errc::store_unavailable, "Redis was too slow to make a user; try again"};
}

Result<std::optional<StoredUser>> RedisUsers::find_user(const UserId& id) {
  auto fields = engine_.read(kFindUser, engine_.keys().of_user(id), {id.text()});
  if (!fields) return fields.error();
  return read_stored_user(id, *fields);
}

Result<std::optional<StoredUser>> RedisUsers::find_username(std::string_view username_key) {
  auto claim = engine_.read(kReadName, engine_.keys().of_name(username_key), {});
  if (!claim) return claim.error();
  if (!claim->is_text()) {
    // An unknown name takes the two round trips of a known one, so that time does not tell (R89).
    const auto nobody = UserId::parse(username_key);
    if (auto read = find_user(nobody ? *nobody : UserId(0)); !read) return read.error();
    return std::optional<StoredUser>{};
  }
  const auto id = UserId::parse(claim_user(claim->text));
  if (!id) return damaged();
  auto user = find_user(*id);
  if (user && *user && (*user)->username_key != username_key) return std::optional<StoredUser>{};
  return user;
}

Result<SetPasswordOutcome> RedisUsers::set_password(const SetPassword& change) {
  auto reply = engine_.write(
      kSetPassword, engine_.keys().of_user(change.user),
      {change.user.text(), change.expected_hash, change.new_hash,
       change.except ? std::string{change.except->text()} : "", millis_text(change.now)});
  if (!reply) return reply.error();
  if (reply->elements.empty()) return damaged();
  SetPasswordOutcome outcome;
  outcome.status = static_cast<SetPasswordStatus>(reply->elements[0].integer);
  if (outcome.status != SetPasswordStatus::changed) return outcome;
  if (reply->elements.size() < 2) return damaged();
  auto ids = read_ids(*reply, 2);
  if (!ids) return ids.error();
  outcome.removed = {std::move(*ids), reply->elements[1].integer};
  return outcome;
}

Result<bool> RedisUsers::upgrade_hash(const UserId& id, const std::string& expected_hash,
                                      const std::string& new_hash) {
  auto reply =
      engine_.write(kUpgradeHash, engine_.keys().of_user(id), {id.text(), expected_hash, new_hash});
  if (!reply) return reply.error();
  return reply->integer == 1;
}

Result<bool> RedisUsers::set_attributes(const UserId& id, const std::string& expected,
                                        const std::string& attributes) {
  auto reply =
      engine_.write(kSetAttributes, engine_.keys().of_user(id), {id.text(), expected, attributes});
  if (!reply) return reply.error();
  return reply->integer == 1;
}

Result<bool> RedisUsers::set_disabled(const UserId& id, bool disabled) {
  auto reply =
      engine_.write(kSetDisabled, engine_.keys().of_user(id), {id.text(), disabled ? "1" : "0"});
  if (!reply) return reply.error();
  return reply->integer == 1;
}

// A claim that stays because this failed gives way by itself.
void RedisUsers::release(const UserId& id, const std::string& username_key) {
  const Place name = engine_.keys().of_name(username_key);
  const auto held = engine_.read(kReadName, name, {});
  if (!held || !held->is_text() || claim_user(held->text) != id.text()) return;
  (void)engine_.write(kMoveName, name, {held->text, ""}).has_value();
}

Result<std::optional<Removed>> RedisUsers::delete_user(const UserId& id, UnixTime now) {
  auto reply =
      engine_.write(kDeleteUser, engine_.keys().of_user(id), {id.text(), millis_text(now)});
  if (!reply) return reply.error();
  if (reply->elements.empty()) return std::optional<Removed>{};
  if (reply->elements.size() < 2) return damaged();
  auto ids = read_ids(*reply, 2);
  if (!ids) return ids.error();
  release(id, reply->elements[1].text);
  return std::optional{Removed{std::move(*ids), reply->elements[0].integer}};
}

Result<UserPage> RedisUsers::list_users(const std::string& after, std::size_t limit) {
  auto page = RedisScan(engine_).scan(ScanKind::users, after, limit);
  if (!page) return page.error();
  return UserPage{std::move(page->users), std::move(page->next)};
}

Result<std::int64_t> RedisUsers::user_epoch(const UserId& user) {
  auto reply = engine_.read(kEpoch, engine_.keys().of_user(user), {user.text()});
  if (!reply) return reply.error();
  return claim_time(reply->text);
}

}  // namespace latchkey::redis
