#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crypto/hash_meter.h"
#include "crypto/password_hash.h"
#include "latchkey/accounts.h"
#include "latchkey/pepper.h"

namespace latchkey::account {

// Hasher makes our hashes and checks those of every kind. Thread-safe. It hashes on the calling
// thread and leaves no copy of a password (R80).
class Hasher {
 public:
  explicit Hasher(const PasswordCost& cost, std::shared_ptr<const Peppers> peppers = nullptr);

  // hash makes an Argon2id hash of the NFKC form, with the current pepper.
  Result<std::string> hash(std::string_view password);

  // verify checks `password` against a stored hash. A refusal takes the work of the dearest hash
  // that was checked so far, and of ours at least, so that time does not tell of what kind the
  // stored one is, or whether there is one (R89, R90). `usable` is false when a match is a refusal,
  // too.
  Result<crypto::PasswordMatch> verify(std::string_view password, std::string_view hash,
                                       bool usable);

  // needs_rehash tells whether hash() would make another kind of hash than `hash` is.
  bool needs_rehash(std::string_view hash) const;

 private:
  std::string_view pepper_id() const noexcept;
  Result<crypto::PasswordMatch> check_form(std::string_view form, const crypto::StoredHash& stored);
  void make_up(std::string_view form, const crypto::HashWork& done, std::uint64_t times);

  const crypto::Argon2Cost cost_;
  const std::shared_ptr<const Peppers> peppers_;
  crypto::HashMeter meter_;
};

}  // namespace latchkey::account
