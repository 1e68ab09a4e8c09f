#include "crypto/foreign_hash.h"

#include <crypt.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>

#include "crypto/digest.h"
#include "latchkey/secret.h"

namespace latchkey::crypto {
namespace {

constexpr std::size_t kBcryptBytes = 72;

Error refused_by_library(const char* which) {
  ERR_clear_error();
  return {Errc::crypto_unavailable, std::string(which) + " could not be computed"};
}

PasswordMatch match_of(std::string_view a, std::string_view b) noexcept {
  return equal_ct(as_bytes(a), as_bytes(b)) ? PasswordMatch::match : PasswordMatch::mismatch;
}

// The state of crypt_r is 32 KiB that hold the password.
class CryptState {
 public:
  ~CryptState() { wipe(&state_, sizeof state_); }
  crypt_data* get() noexcept { return &state_; }

 private:
  crypt_data state_{};
};

Result<PasswordMatch> verify_bcrypt(std::string_view password, const StoredHash& stored) {
  constexpr std::size_t kSalted = 29;  // what stands before the hash
  std::array<char, kBcryptBytes + 1> phrase{};
  const std::size_t size = std::min({password.size(), password.find('\0'), kBcryptBytes});
  std::copy_n(password.data(), size, phrase.data());
  const auto state = std::make_unique<CryptState>();
  const char* made = ::crypt_r(phrase.data(), stored.text.c_str(), state->get());
  wipe(phrase.data(), phrase.size());
  const std::string_view text = made != nullptr ? made : "*";
  if (text.starts_with('*') || text.size() != stored.text.size()) {
    return refused_by_library("bcrypt");
  }
  const auto match = match_of(text.substr(kSalted), std::string_view(stored.text).substr(kSalted));
  return size == password.size() ? match : PasswordMatch::mismatch;
}

const EVP_MD* digest_of(HashFamily family) noexcept {
  if (family == HashFamily::pbkdf2_sha1) return EVP_sha1();
  return family == HashFamily::pbkdf2_sha256 ? EVP_sha256() : EVP_sha512();
}

}  // namespace

Result<PasswordMatch> verify_foreign(std::string_view password, const StoredHash& stored) {
  if (stored.work.family == HashFamily::bcrypt) return verify_bcrypt(password, stored);
  const auto salt = as_bytes(stored.salt);
  SecretBytes key(stored.key.size());
  const auto out = key.mutable_bytes();
  bool made = false;
  if (stored.work.family == HashFamily::scrypt) {
    constexpr std::uint64_t kMostMemory = 512 * 1024 * 1024;  // the bound is StoredHash's
    made = EVP_PBE_scrypt(password.data(), password.size(), salt.data(), salt.size(), stored.n,
                          stored.r, stored.p, kMostMemory, out.data(), out.size()) == 1;
  } else {
    made = PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt.data(),
                             static_cast<int>(salt.size()), static_cast<int>(stored.iterations),
                             digest_of(stored.work.family), static_cast<int>(out.size()),
                             out.data()) == 1;
  }
  if (!made) return refused_by_library("a password hash of another system");
  return match_of(key.insecure_view(), stored.key);
}

}  // namespace latchkey::crypto
