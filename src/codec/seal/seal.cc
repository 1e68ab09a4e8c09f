#include "latchkey/codec/seal.h"

#include <algorithm>
#include <set>

#include "codec/json/text.h"
#include "codec/seal/fe26.h"

namespace latchkey {

using codec::Fe26Options;
using codec::Fe26Password;
using codec::Fe26Ring;

struct Sealer::Impl {
  Fe26Ring ring;
  Fe26Options options;
  std::size_t max_bytes = 0;
  Entropy* entropy = nullptr;
};

namespace {

Error bad_seal_options(std::string detail) { return {Errc::bad_config, std::move(detail)}; }

Fe26Options to_format(const SealOptions& options) noexcept {
  Fe26Options format;
  format.cipher = options.cipher;
  format.encryption.iterations = options.encryption_iterations;
  format.integrity.iterations = options.integrity_iterations;
  format.ttl_ms = options.ttl.count();
  format.skew_ms = options.skew.count();
  format.offset_ms = options.clock_offset.count();
  format.refuse_idle_salts = true;
  return format;
}

Result<void> check_options(const SealOptions& options) {
  if (options.ttl < Millis{0} || options.skew < Millis{0}) {
    return bad_seal_options("a seal's ttl and skew are not negative");
  }
  if (options.ttl == Millis{0} && !options.allow_missing_expiry) {
    return bad_seal_options("seals without expiry need allow_missing_expiry");
  }
  if (options.encryption_iterations == 0 || options.integrity_iterations == 0) {
    return bad_seal_options("a seal's iterations are at least 1");
  }
  return {};
}

bool fits(const Fe26Password& password, const Fe26Options& options) {
  const std::size_t key_bytes = codec::fe26_cipher_key_bytes(options.cipher);
  const bool exact = !password.encryption.is_raw() || password.encryption.raw().size() == key_bytes;
  return exact && !password.encryption.problem(key_bytes, options.encryption) &&
         !password.integrity().problem(codec::kFe26MacKeyBytes, options.integrity);
}

}  // namespace

std::string_view seal_reason_name(SealReason reason) noexcept {
  switch (reason) {
    case SealReason::too_long:
      return "too_long";
    case SealReason::wrong_parts:
      return "wrong_parts";
    case SealReason::wrong_prefix:
      return "wrong_prefix";
    case SealReason::invalid_expiration:
      return "invalid_expiration";
    case SealReason::expired:
      return "expired";
    case SealReason::unknown_password:
      return "unknown_password";
    case SealReason::empty_password:
      return "empty_password";
    case SealReason::password_too_short:
      return "password_too_short";
    case SealReason::key_too_small:
      return "key_too_small";
    case SealReason::bad_mac:
      return "bad_mac";
    case SealReason::invalid_character:
      return "invalid_character";
    case SealReason::bad_decrypt:
      return "bad_decrypt";
    case SealReason::bad_json:
      return "bad_json";
  }
  return "unknown";
}

Sealer::Sealer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Sealer::~Sealer() = default;
Sealer::Sealer(Sealer&&) noexcept = default;
Sealer& Sealer::operator=(Sealer&&) noexcept = default;

Result<Sealer> Sealer::make(std::vector<SealPassword> passwords, const SealOptions& options) {
  if (Result<void> fine = check_options(options); !fine) return fine.error();
  if (passwords.empty()) return bad_seal_options("sealing needs a password");
  auto impl = std::make_unique<Impl>();
  impl->options = to_format(options);
  impl->max_bytes = options.max_bytes;
  impl->entropy = options.entropy != nullptr ? options.entropy : &system_entropy();
  impl->ring.any_id = passwords.size() == 1 && passwords.front().id.empty();
  std::set<std::string> ids;
  for (const SealPassword& password : passwords) {
    if (!codec::is_fe26_id(password.id))
      return bad_seal_options("a password id is letters, digits and _");
    if (!ids.insert(password.id.empty() ? "default" : password.id).second) {
      return bad_seal_options("two passwords have one id");
    }
    Fe26Password& made = impl->ring.passwords.emplace_back(password);
    if (!fits(made, impl->options)) {
      return bad_seal_options(
          "a password needs 32 characters, a raw key the length of the cipher's; `latchkey key "
          "new` "
          "makes one");
    }
  }
  return Sealer{std::move(impl)};
}

Result<std::string> Sealer::seal(std::string_view json, UnixTime now) const {
  if (!codec::scan_json(json)) return Error{Errc::invalid_argument, "only JSON can be sealed"};
  if (json.size() > impl_->max_bytes) return Error{Errc::too_large, "the seal would be too long"};
  Result<std::string> sealed = codec::fe26_seal(json, impl_->ring.passwords.front(), impl_->options,
                                                to_unix_millis(now), *impl_->entropy);
  if (sealed && sealed->size() > impl_->max_bytes) {
    return Error{Errc::too_large, "the seal would be too long"};
  }
  return sealed;
}

Unsealed Sealer::unseal(std::string_view seal, UnixTime now) const {
  if (seal.size() > impl_->max_bytes) return SealReason::too_long;
  codec::Fe26Result result =
      codec::fe26_unseal(seal, impl_->ring, impl_->options, to_unix_millis(now));
  if (!result.opened) return result.reason;
  return {std::move(result.opened->json),
          result.opened->password == &impl_->ring.passwords.front()};
}

}  // namespace latchkey
