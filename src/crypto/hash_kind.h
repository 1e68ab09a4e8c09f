#pragma once

#include <string_view>

namespace latchkey::crypto {

// hash_kind names the kind of a stored password hash by its form, such as "argon2id", "bcrypt" or
// "lucia-scrypt"; "unknown" for everything else, which may be a password in clear.
std::string_view hash_kind(std::string_view hash);

// can_verify tells whether log-in can check `hash`: StoredHash::read takes it. It does no hashing.
bool can_verify(std::string_view hash);

}  // namespace latchkey::crypto
