#include "account/device_cookie.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/base64url.h"
#include "crypto/digest.h"
#include "crypto/hmac_key.h"

namespace latchkey::account {
namespace {

constexpr std::string_view kPurpose = "latchkey device cookie 1";
constexpr char kVersion = '1';
constexpr std::size_t kId = 12, kIssued = 5, kMac = 16;
constexpr std::size_t kStem = kId + kIssued;
constexpr std::size_t kEntryText = (kStem + kMac) / 3 * 4;
constexpr std::size_t kMostEntries = 4;
static_assert((kStem + kMac) % 3 == 0, "an entry is a whole number of base64url groups");

std::string_view view(std::span<const std::uint8_t> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// entries_of cuts a value into the octets of its entries; what is malformed has none.
std::vector<std::string> entries_of(std::string_view value) {
  std::vector<std::string> entries;
  if (!value.starts_with(kVersion)) return entries;
  value.remove_prefix(1);
  if (value.size() % kEntryText != 0 || value.size() > kMostEntries * kEntryText) return entries;
  for (; !value.empty(); value.remove_prefix(kEntryText)) {
    const auto octets = base64url_decode(value.substr(0, kEntryText));
    if (!octets) return {};
    entries.emplace_back(view(*octets));
  }
  return entries;
}

UnixTime issued_at(std::string_view entry) noexcept {
  std::int64_t seconds = 0;
  for (const char c : entry.substr(kId, kIssued)) {
    seconds = seconds << 8 | static_cast<std::uint8_t>(c);
  }
  return from_unix_millis(seconds * 1000);
}

std::string time_octets(UnixTime now) {
  const std::int64_t seconds = std::max<std::int64_t>(to_unix_millis(now) / 1000, 0);
  std::string octets;
  for (std::size_t i = kIssued; i-- > 0;) octets += static_cast<char>(seconds >> (8 * i) & 0xff);
  return octets;
}

bool equal_ct(std::string_view a, std::string_view b) noexcept {
  return latchkey::equal_ct(crypto::as_bytes(a), crypto::as_bytes(b));
}

}  // namespace

std::string DeviceCookies::mac(const SecretBytes& key, const UserId& user,
                               std::string_view stem) const {
  const crypto::HmacKey hmac(crypto::Hash::sha256, key.bytes());
  std::array<std::uint8_t, 32> full;
  hmac.mac({crypto::as_bytes(stem), crypto::as_bytes(user.text())}, full);
  return std::string(view(full).substr(0, kMac));
}

SecretBytes DeviceCookies::writing_key(UnixTime now) const {
  if (keys_ != nullptr) {
    const auto ring = keys_->get();
    return ring->derive(ring->writer(now), kPurpose);
  }
  return SecretBytes(
      std::span<const std::uint8_t>(crypto::hmac_sha256(slot_key_, crypto::as_bytes(kPurpose))));
}

bool DeviceCookies::proves(std::string_view entry, const UserId& user, UnixTime now) const {
  const UnixTime issued = issued_at(entry);
  if (now >= issued + life_ || issued > now + std::chrono::hours{24}) return false;
  const std::string_view stem = entry.substr(0, kStem), shown = entry.substr(kStem);
  if (keys_ == nullptr) return equal_ct(mac(writing_key(now), user, stem), shown);
  const auto ring = keys_->get();
  return std::any_of(ring->keys().begin(), ring->keys().end(), [&](const Key& key) {
    if (key.state == KeyState::gone) return false;
    return equal_ct(mac(ring->derive(key, kPurpose), user, stem), shown);
  });
}

std::optional<std::string> DeviceCookies::find(std::string_view value, const UserId& user,
                                               UnixTime now) const {
  for (const std::string& entry : entries_of(value)) {
    if (proves(entry, user, now)) return base64url_encode(crypto::as_bytes(entry.substr(0, kId)));
  }
  return std::nullopt;
}

Result<std::string> DeviceCookies::issue(std::string_view before, const UserId& user, UnixTime now,
                                         Entropy& entropy) const {
  std::vector<std::string> entries = entries_of(before);
  const auto known = std::find_if(entries.begin(), entries.end(), [&](const std::string& entry) {
    return proves(entry, user, now);
  });
  std::string stem;
  if (known != entries.end()) {
    stem = known->substr(0, kId);
    entries.erase(known);
  } else {
    std::array<std::uint8_t, kId> id;
    if (Result<void> drawn = entropy.fill(id); !drawn) return drawn.error();
    stem = view(id);
  }
  stem += time_octets(now);
  entries.insert(entries.begin(), stem + mac(writing_key(now), user, stem));
  if (entries.size() > kMostEntries) entries.resize(kMostEntries);
  std::string value(1, kVersion);
  for (const std::string& entry : entries) value += base64url_encode(crypto::as_bytes(entry));
  return value;
}

}  // namespace latchkey::account
