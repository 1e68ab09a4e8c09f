#pragma once

#include <string_view>

namespace latchkey::crypto {

// hash_kind names the kind of a stored password hash by its form, such as "argon2id", "bcrypt" or
// "lucia-scrypt"; "unknown" for everything else, which may be a password in clear.
std::string_view hash_kind(std::string_view hash) noexcept;

// can_verify tells whether verify_password would check `hash` rather than fail: Argon2id as a PHC
// string, well formed and within kMostArgon2Cost. It does no hashing.
bool can_verify(std::string_view hash) noexcept;

}  // namespace latchkey::crypto
