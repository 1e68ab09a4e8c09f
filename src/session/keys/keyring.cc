#include "latchkey/keyring.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/hmac_key.h"
#include "session/keys/key_text.h"

namespace latchkey {
namespace {

constexpr std::string_view kLabel = "latchkey key v1 ";
constexpr std::size_t kDerivedBytes = 32;
constexpr std::string_view kMakeOne =
    "; make one with `latchkey key new` or `openssl rand -base64 32`";

bool is_key_id(std::string_view id) noexcept {
  constexpr std::size_t kMaxId = 32;
  return !id.empty() && id.size() <= kMaxId && std::all_of(id.begin(), id.end(), [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '-';
  });
}

Error refuse(std::string what) { return {Errc::bad_config, std::move(what)}; }

Result<void> check(const Key& key) {
  if (!is_key_id(key.id)) return refuse("a key id is 1 to 32 letters, digits, _ or -");
  if (key.state == KeyState::gone) return {};
  const std::string_view weakness = weak_secret_reason(key.secret.insecure_view());
  if (weakness.empty()) return {};
  return refuse("the secret of key " + key.id + " " + std::string(weakness) +
                std::string(kMakeOne));
}

}  // namespace

Result<std::shared_ptr<const KeyRing>> KeyRing::make(std::vector<Key> keys) {
  std::set<std::string_view> ids;
  std::size_t primaries = 0;
  for (Key& key : keys) {
    if (Result<void> fine = check(key); !fine) return fine.error();
    if (!ids.insert(key.id).second) return refuse("two keys have the id " + key.id);
    primaries += key.state == KeyState::primary ? 1 : 0;
    if (key.state == KeyState::gone) key.secret = SecretBytes{};
  }
  if (primaries != 1) {
    return refuse(std::string("a key ring has exactly one primary key, this one has ") +
                  (primaries == 0 ? "none" : "several") + std::string(kMakeOne));
  }
  return std::shared_ptr<const KeyRing>(new KeyRing(std::move(keys)));
}

const Key& KeyRing::writer(UnixTime now) const noexcept {
  const Key* writer = nullptr;
  for (const Key& key : keys_) {
    if (key.state == KeyState::primary && writer == nullptr) writer = &key;
    if (key.state != KeyState::next || key.activates_at > now) continue;
    const bool later = writer == nullptr || writer->state == KeyState::primary ||
                       key.activates_at > writer->activates_at;
    if (later) writer = &key;
  }
  return *writer;
}

const Key* KeyRing::find(std::string_view id) const noexcept {
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key.id == id; });
  return found == keys_.end() ? nullptr : &*found;
}

SecretBytes KeyRing::derive(const Key& key, std::string_view purpose) const {
  const bool gone = key.state == KeyState::gone;
  const Key& source = gone ? writer(kNever) : key;
  std::string info(kLabel);
  if (gone) info.append("gone ").append(key.id).append(" ");
  info += purpose;
  SecretBytes derived(kDerivedBytes);
  const bool done = crypto::hkdf(crypto::Hash::sha256, source.secret.bytes(), {},
                                 crypto::as_bytes(info), derived.mutable_bytes());
  return done ? std::move(derived) : SecretBytes{};
}

std::shared_ptr<const KeyRing> SharedKeyRing::get() const {
  const std::lock_guard lock(mutex_);
  return ring_;
}

void SharedKeyRing::set(std::shared_ptr<const KeyRing> ring) {
  const std::lock_guard lock(mutex_);
  ring_.swap(ring);  // the old one, perhaps the last of its kind, goes after the lock
}

Result<Key> generate_key(KeyState state, UnixTime now, UnixTime activates_at, Entropy& entropy) {
  SecretBytes drawn(kDerivedBytes);
  if (Result<void> filled = entropy.fill(drawn.mutable_bytes()); !filled) return filled.error();
  SecretBytes secret = session::base64_text(drawn.bytes());
  std::string id = session::key_id_of(secret.insecure_view());
  return Key{std::move(id), state, std::move(secret), now, activates_at};
}

std::vector<Key> keys_from_text(std::string_view newest_first) {
  constexpr std::string_view kSeparators = ", \t\r\n";
  std::vector<Key> keys;
  while (true) {
    const std::size_t begin = newest_first.find_first_not_of(kSeparators);
    if (begin == std::string_view::npos) return keys;
    const std::size_t end = newest_first.find_first_of(kSeparators, begin);
    const std::string_view secret = newest_first.substr(begin, end - begin);
    keys.push_back({.id = session::key_id_of(secret),
                    .state = keys.empty() ? KeyState::primary : KeyState::read_only,
                    .secret = SecretBytes(secret)});
    if (end == std::string_view::npos) return keys;
    newest_first.remove_prefix(end);
  }
}

Result<std::vector<Key>> keys_from_environment() {
  for (const char* name : {"LATCHKEY_SECRET", "SESSION_SECRET"}) {
    const char* text = std::getenv(name);
    if (text != nullptr && *text != '\0') return keys_from_text(text);
  }
  return refuse("neither LATCHKEY_SECRET nor SESSION_SECRET is set" + std::string(kMakeOne));
}

std::string_view key_state_name(KeyState state) noexcept {
  switch (state) {
    case KeyState::next:
      return "next";
    case KeyState::primary:
      return "primary";
    case KeyState::read_only:
      return "read_only";
    case KeyState::gone:
      break;
  }
  return "gone";
}

std::optional<KeyState> find_key_state(std::string_view name) noexcept {
  for (const KeyState state :
       {KeyState::next, KeyState::primary, KeyState::read_only, KeyState::gone}) {
    if (name == key_state_name(state)) return state;
  }
  return std::nullopt;
}

}  // namespace latchkey
