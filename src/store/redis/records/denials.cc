#include "store/redis/records/denials.h"

#include <charconv>
#include <map>

#include "base/base64url.h"
#include "base/number.h"
#include "store/redis/records/sessions.h"
#include "store/redis/scan.h"
#include "store/rules.h"

namespace latchkey::redis {
namespace {

std::string_view take_word(std::string_view& line) noexcept {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(word.size() + 1, line.size()));
  return word;
}

// ring = *(id " " state " " created-at " " activates-at " " secret LF) ; the secret in base64url
std::string print_ring(std::span<const Key> keys) {
  std::string ring;
  for (const Key& key : keys) {
    std::string secret = base64url_encode(key.secret.bytes());
    ring.append(key.id).append(" ").append(std::to_string(static_cast<int>(key.state)));
    ring.append(" ").append(millis_text(key.created_at));
    ring.append(" ").append(millis_text(key.activates_at));
    ring.append(" ").append(secret).append("\n");
    wipe(secret.data(), secret.size());
  }
  return ring;
}

bool read_key(std::string_view line, Key& key) {
  key.id = take_word(line);
  int state = 0;
  std::int64_t created = 0, activates = 0;
  if (!read_number(take_word(line), state) || !read_number(take_word(line), created) ||
      !read_number(take_word(line), activates)) {
    return false;
  }
  auto secret = base64url_decode(line);
  if (!secret || state < 1 || state > static_cast<int>(KeyState::gone)) return false;
  key.state = static_cast<KeyState>(state);
  key.created_at = from_unix_millis(created);
  key.activates_at = from_unix_millis(activates);
  key.secret = SecretBytes{std::span<const std::uint8_t>{*secret}};
  wipe(secret->data(), secret->size());
  return true;
}

}  // namespace

Result<std::size_t> RedisDenials::deny(std::span<const Denial> denials) {
  if (Result<void> fine = check_denials(denials); !fine) return fine.error();
  std::map<std::uint16_t, Call> by_slot;
  for (const Denial& denial : denials) {
    const Place place = engine_.keys().of_denial(denial.key);
    Call& call = by_slot[place.slot];
    if (call.script == nullptr) {
      call = engine_.script(kDeny, place, {millis_text(denial.until)});
    } else {
      call.args.push_back(place.base);
      call.args.push_back(millis_text(denial.until));
    }
  }
  std::vector<Call> calls;
  for (auto& [slot, call] : by_slot) calls.push_back(std::move(call));
  return sum(engine_, calls);
}

Result<Standing> RedisDenials::standing(std::string_view key, const UserId& user, Wait wait) {
  if (wait == Wait::never) return would_wait();
  const std::vector<Call> calls{
      engine_.repeatable(kDenied, engine_.keys().of_denial(key), {}),
      engine_.repeatable(kStanding, engine_.keys().of_user(user), {user.text()})};
  auto replies = engine_.client().run(calls, engine_.read_timeout());
  if (!replies) return replies.error();
  Standing standing;
  standing.denied = (*replies)[0].integer != 0;
  const std::vector<Reply>& rest = (*replies)[1].elements;
  if (rest.size() != 2 || !read_number(rest[0].text, standing.user_epoch)) return damaged();
  if (user.empty()) return standing;
  auto found = read_user(user, rest[1]);
  if (!found) return found.error();
  standing.user = std::move(*found);
  return standing;
}

Result<std::size_t> RedisDenials::prune_denials(UnixTime now, std::size_t limit) {
  if (limit == 0) return Error{Errc::invalid_argument, "prune_denials: limit is at least 1"};
  const Result<bool> agree = clocks_agree(engine_, now);
  if (!agree) return agree.error();
  if (*agree) return std::size_t{0};
  return scan(engine_, engine_.keys().denial_pattern(), limit,
              [&](const std::vector<std::string>& keys, std::size_t most) {
                std::vector<Call> calls;
                for (const std::string& key : keys) {
                  if (calls.size() == most) break;
                  calls.push_back(
                      engine_.script(kPruneDenial, engine_.keys().of_key(key), {millis_text(now)}));
                }
                return sum(engine_, calls);
              });
}

Result<StoredKeys> RedisKeys::keys() {
  auto reply = engine_.read(kReadKeys, engine_.keys().of_ring(), {});
  if (!reply) return reply.error();
  if (reply->elements.size() != 2) return damaged();
  StoredKeys stored;
  if (!reply->elements[0].is_text()) return stored;
  if (!read_number(reply->elements[0].text, stored.version)) return damaged();
  std::string& ring = reply->elements[1].text;
  std::string_view rest = ring;
  bool fine = true;
  while (!rest.empty() && fine) {
    const std::size_t end = rest.find('\n');
    fine =
        end != std::string_view::npos && read_key(rest.substr(0, end), stored.keys.emplace_back());
    rest.remove_prefix(fine ? end + 1 : 0);
  }
  wipe(ring.data(), ring.size());
  if (!fine) return damaged();
  return stored;
}

Result<bool> RedisKeys::put_keys(std::span<const Key> keys, std::int64_t expected_version) {
  auto reply = engine_.write(kPutKeys, engine_.keys().of_ring(),
                             {std::to_string(expected_version), print_ring(keys)});
  if (!reply) return reply.error();
  return reply->integer == 1;
}

}  // namespace latchkey::redis
