#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/hmac_key.h"

namespace latchkey::codec {

// jws_hash returns the hash of HS256, HS384 or HS512.
std::optional<crypto::Hash> jws_hash(std::string_view algorithm) noexcept;

// append_jws_mac appends a dot and the base64url of the MAC of all of `token`.
void append_jws_mac(std::string& token, const crypto::HmacKey& key);

// check_jws_mac compares in constant time. Only the canonical form of the right bytes is the
// signature of `input`.
bool check_jws_mac(std::string_view input, std::string_view signature,
                   const crypto::HmacKey& key) noexcept;

}  // namespace latchkey::codec
