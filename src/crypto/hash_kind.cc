#include "crypto/hash_kind.h"

#include <array>
#include <utility>

#include "crypto/stored_hash.h"

namespace latchkey::crypto {
namespace {

// By the text they begin with, the longer ones first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 19> kPrefixes{
    {{"$argon2id$", "argon2id"},
     {"$argon2i$", "argon2i"},
     {"$argon2d$", "argon2d"},
     {"$2a$", "bcrypt"},
     {"$2b$", "bcrypt"},
     {"$2x$", "bcrypt"},
     {"$2y$", "bcrypt"},
     {"$scrypt$", "scrypt"},
     {"$7$", "scrypt"},
     {"scrypt:", "scrypt"},
     {"s2:", "lucia-scrypt"},
     {"$pbkdf2", "pbkdf2"},
     {"pbkdf2_", "pbkdf2"},
     {"pbkdf2:", "pbkdf2"},
     {"$1$", "md5-crypt"},
     {"$5$", "sha256-crypt"},
     {"$6$", "sha512-crypt"},
     {"$y$", "yescrypt"},
     {"{", "ldap"}}};

}  // namespace

std::string_view hash_kind(std::string_view hash) {
  for (const auto& [prefix, kind] : kPrefixes) {
    if (hash.starts_with(prefix)) return kind;
  }
  const auto stored = StoredHash::read(hash);
  return stored && stored->nfkc_only ? "lucia-scrypt" : "unknown";
}

bool can_verify(std::string_view hash) { return StoredHash::read(hash).has_value(); }

}  // namespace latchkey::crypto
