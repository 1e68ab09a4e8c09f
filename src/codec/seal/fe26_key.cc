#include "codec/seal/fe26.h"

#include <algorithm>

#include "base/text.h"
#include "codec/text/decode.h"
#include "crypto/digest.h"

namespace latchkey::codec {

Fe26Secret::Fe26Secret(const SealSecret& secret) {
  if (secret.is_raw()) {
    raw_.emplace(secret.bytes().bytes());
    length_ = secret.bytes().size();
  } else {
    password_.emplace(crypto::Hash::sha1, secret.bytes().bytes());
    length_ = utf16_length(secret.bytes().insecure_view());
  }
}

std::optional<SealReason> Fe26Secret::problem(std::size_t key_bytes,
                                              const Fe26KeyOptions& options) const {
  if (is_empty()) return SealReason::empty_password;
  if (is_raw()) {
    if (length_ < key_bytes) return SealReason::key_too_small;
  } else if (length_ < options.min_password_length) {
    return SealReason::password_too_short;
  }
  return std::nullopt;
}

void Fe26Secret::derive(std::string_view salt, const Fe26KeyOptions& options,
                        std::span<std::uint8_t> out) const noexcept {
  crypto::pbkdf2(*password_, crypto::as_bytes(salt), options.iterations, out);
}

Fe26Password::Fe26Password(const SealPassword& password)
    : id(password.id), encryption(password.encryption) {
  if (password.integrity) separate_integrity.emplace(*password.integrity);
}

const Fe26Password* Fe26Ring::find(std::string_view id) const noexcept {
  if (any_id) return passwords.data();
  const std::string_view wanted = id.empty() ? "default" : id;
  const auto it = std::find_if(passwords.begin(), passwords.end(),
                               [&](const Fe26Password& password) { return password.id == wanted; });
  return it == passwords.end() ? nullptr : &*it;
}

bool is_fe26_id(std::string_view id) noexcept {
  return std::all_of(id.begin(), id.end(), [](char c) { return is_alphanumeric(c) || c == '_'; });
}

}  // namespace latchkey::codec
