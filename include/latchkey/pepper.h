#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/result.h"
#include "latchkey/secret.h"

// A secret that is mixed into every password hash and is not in the store (R77 of
// docs/requirements.md): anyone who copies the store alone cannot try passwords.
//
//   auto peppers = latchkey::Peppers::read_file("/etc/latchkey/pepper");
//   if (!peppers) return fail(peppers.error().detail);
//   latchkey::AccountsOptions options;
//   options.peppers = *peppers;
namespace latchkey {

// Peppers are the pepper of new hashes and the former ones that older hashes were made with. Every
// hash names its pepper. Immutable, thread-safe. Without its pepper a hash cannot be checked.
class Peppers {
 public:
  // make takes the pepper of new hashes first. It refuses none at all, a repeated one, and secrets
  // that weak_secret_reason has something against (bad_config).
  static Result<std::shared_ptr<const Peppers>> make(std::vector<SecretBytes> secrets);
  // parse reads a pepper a line, the one of new hashes first; blank lines are skipped.
  static Result<std::shared_ptr<const Peppers>> parse(std::string_view lines);
  static Result<std::shared_ptr<const Peppers>> read_file(const std::string& path);

  // current_id is what hashes of the first pepper name it by: 8 characters that tell nothing of it.
  const std::string& current_id() const noexcept { return peppers_.front().id; }
  // mix returns the 32 bytes that are hashed in the place of `password`; nothing when there is no
  // pepper of this id.
  SecretBytes mix(std::string_view password, std::string_view id) const;

 private:
  struct Pepper {
    std::string id{};
    SecretBytes secret{};
  };
  explicit Peppers(std::vector<Pepper> peppers) : peppers_(std::move(peppers)) {}
  std::vector<Pepper> peppers_;
};

}  // namespace latchkey
