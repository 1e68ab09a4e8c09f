#include "store/redis/records/keys.h"

#include "codec/token/slot_tag.h"

namespace latchkey::redis {
namespace {

constexpr std::size_t kTag = 3;

std::string_view view(const codec::SlotTag& tag) noexcept { return {tag.data(), tag.size()}; }

// hashed returns the part of a key that decides its slot: what is in its first pair of braces.
std::string_view hashed(std::string_view key) noexcept {
  const std::size_t open = key.find('{');
  if (open == std::string_view::npos) return key;
  const std::size_t close = key.find('}', open + 1);
  const bool empty = close == std::string_view::npos || close == open + 1;
  return empty ? key : key.substr(open + 1, close - open - 1);
}

}  // namespace

std::string Keys::marker(std::uint16_t slot) const {
  if (!cluster_) return prefix_ + "m";
  return prefix_ + '{' + std::string{view(codec::slot_tag(slot))} + "}m";
}

Place Keys::at(std::string key) const {
  const std::uint16_t slot = cluster_ ? codec::cluster_slot(hashed(key)) : std::uint16_t{0};
  return {slot, marker(slot), std::move(key)};
}

Place Keys::free_key(std::string_view kind, std::string_view name) const {
  std::string key = prefix_ + std::string{kind};
  if (cluster_) key += '{';
  key += name;
  if (cluster_) key += '}';
  return at(std::move(key));
}

Place Keys::tagged(std::string_view tag) const {
  if (!cluster_) return {0, marker(0), prefix_};
  const std::uint16_t slot = codec::cluster_slot(tag);
  return {slot, marker(slot), prefix_ + '{' + std::string{tag} + '}'};
}

Place Keys::of_session(const SessionId& id) const { return tagged(id.text().substr(0, kTag)); }

Place Keys::of_user(const UserId& user) const {
  if (!cluster_) return tagged({});
  return tagged(view(codec::slot_tag(codec::slot_of_user(slot_key_, user))));
}

bool Keys::belongs(const SessionId& id, const UserId& user) const {
  if (!cluster_) return true;
  if (id.text().size() != SessionId::kLength) return false;
  return user.empty() || of_user(user).base == of_session(id).base;
}

std::string Keys::session_key(const SessionId& id) const {
  return of_session(id).base + "s:" + std::string{id.text()};
}

std::string_view Keys::tail(std::string_view key) const {
  if (!key.starts_with(prefix_)) return {};
  key.remove_prefix(prefix_.size());
  if (!cluster_) return key;
  const std::size_t tag = kTag + 2;
  return key.starts_with('{') && key.size() > tag ? key.substr(tag) : std::string_view{};
}

std::optional<SessionId> Keys::session_of(std::string_view key) const {
  const std::string_view rest = tail(key);
  return rest.starts_with("s:") ? SessionId::parse(rest.substr(2)) : std::nullopt;
}

std::optional<UserId> Keys::owner_of(std::string_view key) const {
  const std::string_view rest = tail(key);
  const bool owned = rest.starts_with("u:") || rest.starts_with("e:");
  return owned ? UserId::parse(rest.substr(2)) : std::nullopt;
}

std::optional<std::string> Keys::denial_of(std::string_view key) const {
  const std::string_view before = cluster_ ? "d:{" : "d:", behind = cluster_ ? "}" : "";
  if (!key.starts_with(prefix_)) return std::nullopt;
  key.remove_prefix(prefix_.size());
  if (key.size() <= before.size() + behind.size() || !key.starts_with(before) ||
      !key.ends_with(behind)) {
    return std::nullopt;
  }
  return std::string{key.substr(before.size(), key.size() - before.size() - behind.size())};
}

void Keys::note(std::string_view key, Invalidation& out) const {
  const std::string_view rest = tail(key);
  if (rest == "m") {
    out.everything = true;
  } else if (rest.starts_with("s:")) {
    if (const auto id = SessionId::parse(rest.substr(2))) out.ids.push_back(*id);
  } else if (rest.starts_with("u:")) {
    if (const auto user = UserId::parse(rest.substr(2))) out.users.push_back(*user);
  }
}

}  // namespace latchkey::redis
