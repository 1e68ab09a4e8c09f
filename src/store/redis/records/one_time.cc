#include "store/redis/records/one_time.h"

#include "base/number.h"
#include "store/instance.h"
#include "store/one_time_rules.h"

// value = purpose " " created-at " " expires-at " " data
namespace latchkey::redis {
namespace {

using Secret = std::optional<OneTimeSecret>;

// A secret is forgotten an hour after its end: the clocks of nodes differ.
constexpr Millis kSecretLinger = std::chrono::hours{1};

std::string_view next_word(std::string_view& text) noexcept {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(word.size() + 1, text.size()));
  return word;
}

bool read_time(std::string_view text, UnixTime& time) noexcept {
  std::int64_t millis = 0;
  const bool whole = read_number(text, millis);
  time = from_unix_millis(millis);
  return whole;
}

Result<Secret> read_secret(const SecretHash& hash, const UserId& user, const Reply& reply) {
  if (!reply.is_text()) return Secret{};
  std::string_view rest = reply.text;
  OneTimeSecret secret{.hash = hash, .purpose = std::string(next_word(rest)), .user_id = user};
  const bool fine = read_time(next_word(rest), secret.created_at) &&
                    read_time(next_word(rest), secret.expires_at);
  if (!fine) return damaged();
  secret.data = rest;
  return Secret{std::move(secret)};
}

// owner_of_secret returns whose the secret is; nothing when it is unknown.
Result<std::optional<UserId>> owner_of_secret(Engine& engine, const std::string& hash) {
  const auto held = engine.read(kReadName, engine.keys().of_secret(hash), {});
  if (!held) return held.error();
  if (!held->is_text()) return std::optional<UserId>{};
  std::optional<UserId> user = UserId::parse(held->text);
  if (!user) return damaged();
  return user;
}

}  // namespace

Result<void> RedisOneTime::put_secret(const OneTimeSecret& secret, std::size_t most) {
  if (Result<void> fine = check_secret(secret, most); !fine) return fine;
  const std::string hash = to_hex(secret.hash.bytes);
  const std::string& user = secret.user_id.text();
  const std::string life =
      std::to_string((secret.expires_at - secret.created_at + kSecretLinger).count());
  const auto claimed = engine_.write(kClaimSecret, engine_.keys().of_secret(hash), {user, life});
  if (!claimed) return claimed.error();
  if (claimed->integer != 1) return put_conflict();
  const auto put =
      engine_.write(kPutSecret, engine_.keys().of_user(secret.user_id),
                    {user, hash, secret.purpose, millis_text(secret.created_at),
                     millis_text(secret.expires_at), secret.data, std::to_string(most), life});
  if (!put) return put.error();
  return put->integer == 1 ? Result<void>{} : put_conflict();
}

Result<Secret> RedisOneTime::find_secret(const SecretHash& hash, std::string_view purpose,
                                         UnixTime now) {
  if (Result<void> fine = check_purpose(purpose); !fine) return fine.error();
  const std::string name = to_hex(hash.bytes);
  const auto user = owner_of_secret(engine_, name);
  if (!user) return user.error();
  if (!*user) return Secret{};
  const auto value = engine_.read(kFindSecret, engine_.keys().of_user(**user),
                                  {(*user)->text(), name, std::string{purpose}, millis_text(now)});
  return value ? read_secret(hash, **user, *value) : value.error();
}

Result<Secret> RedisOneTime::take_secret(const SecretHash& hash, std::string_view purpose,
                                         UnixTime now) {
  if (Result<void> fine = check_purpose(purpose); !fine) return fine.error();
  const std::string name = to_hex(hash.bytes);
  const auto user = owner_of_secret(engine_, name);
  if (!user) return user.error();
  if (!*user) return Secret{};
  const auto value = engine_.write(kTakeSecret, engine_.keys().of_user(**user),
                                   {(*user)->text(), name, std::string{purpose}, millis_text(now)});
  return value ? read_secret(hash, **user, *value) : value.error();
}

Result<std::size_t> RedisOneTime::remove_secrets(const UserId& user_id, std::string_view purpose) {
  if (Result<void> fine = check_purpose(purpose, true); !fine) return fine.error();
  const auto gone = engine_.write(kRemoveSecrets, engine_.keys().of_user(user_id),
                                  {user_id.text(), std::string{purpose}});
  if (!gone) return gone.error();
  return static_cast<std::size_t>(gone->integer);
}

Result<std::size_t> RedisOneTime::prune_secrets(UnixTime /*now*/, std::size_t /*limit*/) {
  return std::size_t{0};
}

}  // namespace latchkey::redis
