#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/password_hash.h"

// Password hashes as they stand in stores, ours and those of other systems: docs/import.md.
namespace latchkey::crypto {

enum class HashFamily : std::uint8_t {
  argon2,
  scrypt,
  pbkdf2_sha1,
  pbkdf2_sha256,
  pbkdf2_sha512,
  bcrypt
};
inline constexpr std::size_t kHashFamilies = 6;

// HashWork is what a hash costs, in the unit of its family: KiB times passes (argon2), N times r
// times p (scrypt), iterations times blocks (pbkdf2), 2 to the power of the cost (bcrypt).
struct HashWork {
  HashFamily family = HashFamily::argon2;
  std::uint64_t units = 0;
};

// StoredHash is a stored hash that can be checked: well formed and within the bounds (R74).
struct StoredHash {
  enum class Argon2Type : std::uint8_t { d, i, id };

  HashWork work{};
  // argon2 and bcrypt: the text that the library reads, without the id of a pepper.
  std::string text{};
  Argon2Cost argon2{};
  Argon2Type argon2_type = Argon2Type::id;
  std::uint32_t argon2_version = 0;
  std::string pepper_id{};  // argon2id: of the pepper it was made with
  // The others: parameters, and octets.
  std::uint64_t n = 0;
  std::uint32_t r = 0;
  std::uint32_t p = 0;
  std::uint32_t iterations = 0;
  std::string salt{};
  std::string key{};
  // Lucia and better-auth hash the NFKC form of a password, as we do. Others take it as typed.
  bool nfkc_only = false;

  // read returns nothing for what cannot be checked. It does no hashing.
  static std::optional<StoredHash> read(std::string_view hash);
};

}  // namespace latchkey::crypto
