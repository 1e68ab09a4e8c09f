#include "crypto/hash_kind.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "crypto/password_hash.h"

namespace latchkey::crypto {
namespace {

// By the text they begin with, the longer ones first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kPrefixes{
    {{"$argon2id$", "argon2id"},
     {"$argon2i$", "argon2i"},
     {"$argon2d$", "argon2d"},
     {"$2a$", "bcrypt"},
     {"$2b$", "bcrypt"},
     {"$2x$", "bcrypt"},
     {"$2y$", "bcrypt"},
     {"$scrypt$", "scrypt"},
     {"$7$", "scrypt"},
     {"$pbkdf2", "pbkdf2"},
     {"pbkdf2_", "pbkdf2"},
     {"pbkdf2:", "pbkdf2"},
     {"$1$", "md5-crypt"},
     {"$5$", "sha256-crypt"},
     {"$6$", "sha512-crypt"},
     {"$y$", "yescrypt"},
     {"{", "ldap"}}};

bool is_hex(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

// Lucia and better-auth write salt, a colon and 64 octets, both as hexadecimal digits.
bool is_salt_and_hex(std::string_view text) noexcept {
  const std::size_t colon = text.find(':');
  constexpr std::size_t kKey = 128;
  return colon != std::string_view::npos && is_hex(text.substr(0, colon)) &&
         is_hex(text.substr(colon + 1)) && text.size() - colon - 1 == kKey;
}

// take reads "<name><number>" off the front of `text`, a number without leading zeros.
std::optional<std::uint32_t> take(std::string_view& text, std::string_view name) noexcept {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || text.front() == '0') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

// decoded_size returns how many octets `text` is the base64 of, without padding and with nothing in
// the bits that are left over; 0 when it is not.
std::size_t decoded_size(std::string_view text) noexcept {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.empty() || text.size() % 4 == 1) return 0;
  const std::size_t last = kAlphabet.find(text.back());
  const std::size_t unused = text.size() % 4 == 2 ? 15 : text.size() % 4 == 3 ? 3 : 0;
  if (text.find_first_not_of(kAlphabet) != std::string_view::npos || (last & unused) != 0) return 0;
  return text.size() * 3 / 4;
}

}  // namespace

std::string_view hash_kind(std::string_view hash) noexcept {
  for (const auto& [prefix, kind] : kPrefixes) {
    if (hash.starts_with(prefix)) return kind;
  }
  return is_salt_and_hex(hash) ? "lucia-scrypt" : "unknown";
}

bool can_verify(std::string_view hash) noexcept {
  constexpr std::size_t kLeastSalt = 8, kLeastTag = 4, kMost = 1024;
  if (hash.size() > kMost) return false;
  const auto memory = take(hash, "$argon2id$v=19$m=");
  const auto passes = memory ? take(hash, ",t=") : std::nullopt;
  const auto lanes = passes ? take(hash, ",p=") : std::nullopt;
  if (!lanes || !hash.starts_with('$')) return false;
  const Argon2Cost& most = kMostArgon2Cost;
  if (*memory > most.memory_kib || *passes > most.iterations || *lanes > most.parallelism ||
      *memory < 8 * *lanes || *passes < 1 || *lanes < 1) {
    return false;
  }
  hash.remove_prefix(1);
  const std::size_t middle = hash.find('$');
  if (middle == std::string_view::npos) return false;
  return decoded_size(hash.substr(0, middle)) >= kLeastSalt &&
         decoded_size(hash.substr(middle + 1)) >= kLeastTag;
}

}  // namespace latchkey::crypto
