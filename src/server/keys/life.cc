#include "server/keys/life.h"

#include <algorithm>

#include "codec/text/time_text.h"

namespace latchkey::server {
namespace {

bool is_waiting(const Key& key) {
  return key.state == KeyState::next && key.activates_at == kNever;
}

Result<Key*> add_key(KeyFile& file, UnixTime now, Entropy& entropy) {
  Result<Key> made = generate_key(KeyState::next, now, kNever, entropy);
  if (!made) return made.error();
  file.keys.push_back(*std::move(made));
  return &file.keys.back();
}

}  // namespace

void settle_keys(std::vector<Key>& keys, UnixTime now) {
  Key* newest = nullptr;
  for (Key& key : keys) {
    if (key.state != KeyState::next || key.activates_at > now) continue;
    if (newest == nullptr || key.activates_at > newest->activates_at) newest = &key;
  }
  if (newest == nullptr) return;
  for (Key& key : keys) {
    const bool activated = key.state == KeyState::next && key.activates_at <= now;
    if (activated || key.state == KeyState::primary) key.state = KeyState::read_only;
  }
  newest->state = KeyState::primary;
}

std::optional<UnixTime> wrote_until(const std::vector<Key>& keys, const Key& key) {
  std::optional<UnixTime> until;
  if (key.state != KeyState::read_only) return until;
  for (const Key& other : keys) {
    const bool follows = other.activates_at > key.activates_at && other.state != KeyState::next;
    if (follows && (!until || other.activates_at < *until)) until = other.activates_at;
  }
  return until;
}

Result<std::string> prepare_key(KeyFile& file, UnixTime now, Entropy& entropy) {
  settle_keys(file.keys, now);
  const Result<Key*> key = add_key(file, now, entropy);
  if (!key) return key.error();
  return (*key)->id;
}

Result<std::string> rotate_keys(KeyFile& file, UnixTime now, Entropy& entropy) {
  settle_keys(file.keys, now);
  Key* waiting = nullptr;
  for (Key& key : file.keys) {
    if (key.state != KeyState::next) continue;
    if (is_waiting(key)) {
      if (waiting == nullptr) waiting = &key;
      continue;
    }
    return Error{Errc::conflict, "the key " + key.id + " is already on its way; it writes from " +
                                     codec::rfc3339(key.activates_at) + " on"};
  }
  if (waiting == nullptr) {
    const Result<Key*> made = add_key(file, now, entropy);
    if (!made) return made.error();
    waiting = *made;
  }
  waiting->activates_at = now + 2 * kReloadInterval;
  return waiting->id;
}

Result<void> retire_key(KeyFile& file, std::string_view id, UnixTime now, Millis token_life,
                        bool force) {
  settle_keys(file.keys, now);
  const auto key = std::find_if(file.keys.begin(), file.keys.end(),
                                [&](const Key& one) { return one.id == id; });
  if (key == file.keys.end()) return Error{Errc::not_found, "there is no key with this id"};
  if (key->state == KeyState::primary) {
    return Error{Errc::conflict,
                 "the key " + key->id + " is the one that writes; run `latchkey key rotate` first"};
  }
  if (key->state == KeyState::read_only && !force) {
    // Without a successor on record, as in a file edited by hand, it may have written until now.
    const UnixTime until = add(wrote_until(file.keys, *key).value_or(now), token_life);
    if (until > now) {
      return Error{Errc::conflict,
                   "tokens made with the key " + key->id + " may live until " +
                       codec::rfc3339(until) +
                       ". Retiring it now ends every signed, sealed and hybrid session whose "
                       "cookie was written with it; with --force this is done"};
    }
  }
  key->state = KeyState::gone;
  key->secret = SecretBytes{};
  return {};
}

}  // namespace latchkey::server
