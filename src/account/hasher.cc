#include "account/hasher.h"

#include <algorithm>

#include "base/wipe_freed.h"
#include "crypto/stored_hash.h"
#include "crypto/unicode.h"

namespace latchkey::account {
namespace {

using crypto::PasswordMatch;
using crypto::Stopwatch;
using crypto::StoredHash;

// The id of a pepper is the parameter `keyid` of the PHC string format.
constexpr std::string_view kPepperId = ",keyid=";

// NormalPassword is the NFKC form of a password, for as long as it is needed.
class NormalPassword {
 public:
  explicit NormalPassword(std::string_view typed) : text_(crypto::nfkc(typed)) {}
  ~NormalPassword() {
    if (text_) wipe(text_->data(), text_->size());
    wipe_stack();
  }
  NormalPassword(const NormalPassword&) = delete;
  NormalPassword& operator=(const NormalPassword&) = delete;
  bool is_text() const noexcept { return text_.has_value(); }
  std::string_view view() const noexcept { return *text_; }

 private:
  std::optional<std::string> text_;
};

}  // namespace

Hasher::Hasher(const PasswordCost& cost, std::shared_ptr<const Peppers> peppers)
    : cost_{cost.memory_kib, cost.iterations, cost.parallelism}, peppers_(std::move(peppers)) {}

std::string_view Hasher::pepper_id() const noexcept {
  return peppers_ ? std::string_view(peppers_->current_id()) : std::string_view();
}

Result<std::string> Hasher::hash(std::string_view password) {
  const NormalPassword normal(password);
  if (!normal.is_text()) return Error{Errc::invalid_argument, "the password is not UTF-8"};
  SecretBytes mixed;
  if (peppers_) mixed = peppers_->mix(normal.view(), pepper_id());
  const Stopwatch watch(cost_.parallelism > 1);
  auto phc = crypto::hash_password(peppers_ ? mixed.insecure_view() : normal.view(), cost_,
                                   system_entropy());
  if (!phc) return phc;
  meter_.note({crypto::HashFamily::argon2, crypto::work_of(cost_)}, watch.seconds());
  if (peppers_) {
    const std::size_t parameters = phc->find("$m=") + 1;
    phc->insert(phc->find('$', parameters), std::string(kPepperId).append(pepper_id()));
  }
  return phc;
}

Result<PasswordMatch> Hasher::check_form(std::string_view form, const StoredHash& stored) {
  SecretBytes mixed;
  const bool peppered = !stored.pepper_id.empty();
  if (peppered && peppers_) mixed = peppers_->mix(form, stored.pepper_id);
  if (peppered && mixed.empty()) {
    return Error{Errc::bad_config, "a password hash was made with a pepper that is not here"};
  }
  const Stopwatch watch(stored.argon2.parallelism > 1);
  auto match = crypto::verify_password(peppered ? mixed.insecure_view() : form, stored);
  if (match) meter_.note(stored.work, watch.seconds());
  return match;
}

// Who typed letters that NFKC changes may have a foreign hash of what was typed. Both are tried for
// everybody, so that this tells nothing.
Result<PasswordMatch> Hasher::verify(std::string_view password, std::string_view hash,
                                     bool usable) {
  const NormalPassword normal(password);
  if (!normal.is_text()) return PasswordMatch::mismatch;
  const auto stored = StoredHash::read(hash);
  if (!stored) {
    return Error{Errc::store_damaged,
                 "a stored password hash is of no known kind, or not within limits"};
  }
  const bool two_forms = normal.view() != password;
  crypto::HashWork done = stored->work;
  auto match = check_form(normal.view(), *stored);
  if (match && *match == PasswordMatch::mismatch && two_forms && !stored->nfkc_only) {
    match = check_form(password, *stored);
    done.units *= 2;
  }
  if (match && (*match == PasswordMatch::mismatch || !usable)) {
    make_up(normal.view(), done, two_forms ? 2 : 1);
  }
  return match;
}

void Hasher::make_up(std::string_view form, const crypto::HashWork& done, std::uint64_t times) {
  const std::uint64_t rest = meter_.rest(done, crypto::work_of(cost_), times);
  if (rest == 0) return;
  const auto cost = crypto::cost_of_work(rest, cost_);
  (void)crypto::hash_password(form, cost, system_entropy()).has_value();
}

bool Hasher::needs_rehash(std::string_view hash) const {
  const auto stored = StoredHash::read(hash);
  return !stored || crypto::needs_rehash(*stored, cost_, pepper_id());
}

}  // namespace latchkey::account
