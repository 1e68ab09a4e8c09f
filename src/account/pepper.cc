#include "latchkey/pepper.h"

#include <algorithm>

#include "base/base64url.h"
#include "base/small_file.h"
#include "crypto/digest.h"
#include "latchkey/keyring.h"

namespace latchkey {
namespace {

constexpr std::size_t kIdBytes = 6;

// The hash of another text than the one that is mixed in with.
std::string id_of(const SecretBytes& secret) {
  const auto digest = crypto::hmac_sha256(secret.bytes(), crypto::as_bytes("latchkey pepper id 1"));
  return base64url_encode(std::span(digest).first(kIdBytes));
}

Error bad_pepper(std::size_t number, std::string_view why) {
  return {Errc::bad_config, "pepper " + std::to_string(number) + ' ' + std::string(why) +
                                "; make one with `openssl rand -base64 32`"};
}

}  // namespace

Result<std::shared_ptr<const Peppers>> Peppers::make(std::vector<SecretBytes> secrets) {
  if (secrets.empty()) return Error{Errc::bad_config, "there is no pepper"};
  std::vector<Pepper> made;
  for (SecretBytes& secret : secrets) {
    const std::size_t number = made.size() + 1;
    if (const auto reason = weak_secret_reason(secret.insecure_view()); !reason.empty()) {
      return bad_pepper(number, reason);
    }
    std::string id = id_of(secret);
    const bool known =
        std::any_of(made.begin(), made.end(), [&](const Pepper& one) { return one.id == id; });
    if (known) return bad_pepper(number, "is there twice");
    made.push_back({std::move(id), std::move(secret)});
  }
  return std::shared_ptr<const Peppers>(new Peppers(std::move(made)));
}

Result<std::shared_ptr<const Peppers>> Peppers::parse(std::string_view lines) {
  std::vector<SecretBytes> secrets;
  while (!lines.empty()) {
    std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) secrets.emplace_back(line);
  }
  return make(std::move(secrets));
}

Result<std::shared_ptr<const Peppers>> Peppers::read_file(const std::string& path) {
  std::optional<std::string> text = read_small_file(path);
  if (!text) return Error{Errc::bad_config, "the pepper file " + path + " cannot be read"};
  auto made = parse(*text);
  wipe(text->data(), text->size());
  if (made) return made;
  return Error{made.error().code, path + ": " + made.error().detail};
}

SecretBytes Peppers::mix(std::string_view password, std::string_view id) const {
  for (const Pepper& pepper : peppers_) {
    if (pepper.id != id) continue;
    const auto mixed = crypto::hmac_sha256(pepper.secret.bytes(), crypto::as_bytes(password));
    return SecretBytes(std::span<const std::uint8_t>(mixed));
  }
  return {};
}

}  // namespace latchkey
