#include "latchkey/authjs.h"

#include <algorithm>
#include <array>

#include "base/base64url_into.h"
#include "base/text.h"
#include "codec/jose/claims_text.h"
#include "codec/jose/parts.h"
#include "crypto/digest.h"
#include "crypto/hmac_key.h"

namespace latchkey {
namespace {

using crypto::Hash;

constexpr double kTolerance = 15;
constexpr std::string_view kWriteEncryption = "A256CBC-HS512";

struct Derived {
  SecretBytes key;
  std::string id;  // RFC 7638 thumbprint of the key as a JWK
};

std::string encode_bytes(crypto::Bytes bytes) {
  std::string text(base64url_size(bytes.size()), '\0');
  base64url_encode_into(bytes, text.data());
  return text;
}

// thumbprint hashes with as many bits as the key has, which is how Auth.js calls it.
std::string thumbprint(crypto::Bytes key) {
  const std::string jwk = R"({"k":")" + encode_bytes(key) + R"(","kty":"oct"})";
  const Hash hash = key.size() == 64 ? Hash::sha512 : Hash::sha256;
  std::array<std::uint8_t, crypto::kMaxDigestBytes> digest;
  crypto::digest(hash, crypto::as_bytes(jwk), digest);
  return encode_bytes({digest.data(), crypto::digest_size(hash)});
}

Derived derive(const SecretBytes& secret, const AuthjsOptions& options, std::size_t size) {
  std::string info = options.version == AuthjsVersion::v4 ? "NextAuth.js" : "Auth.js";
  info += " Generated Encryption Key";
  if (options.version == AuthjsVersion::v5 || !options.salt.empty())
    info += " (" + options.salt + ")";
  SecretBytes key(size);
  // 64 bytes are two digests: the length is never refused.
  (void)crypto::hkdf(Hash::sha256, secret.bytes(), crypto::as_bytes(options.salt),
                     crypto::as_bytes(info), key.mutable_bytes());
  std::string id = thumbprint(key.bytes());
  return {std::move(key), std::move(id)};
}

// uuid_text writes 16 random bytes as a UUID of version 4.
std::string uuid_text(std::array<std::uint8_t, 16> bytes) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    append_hex(text, std::span(bytes).subspan(i, 1));
  }
  return text;
}

}  // namespace

struct AuthjsCookies::Impl {
  AuthjsOptions options;
  Entropy* entropy = nullptr;
  std::vector<Derived> wide;    // 64 bytes, for A256CBC-HS512
  std::vector<Derived> narrow;  // 32 bytes, for A256GCM

  const Derived* choose(const std::string& enc, const std::optional<std::string>& id) const {
    const std::vector<Derived>& keys = enc == kWriteEncryption ? wide : narrow;
    if (!id) return &keys.front();
    const auto it =
        std::find_if(keys.begin(), keys.end(), [&](const Derived& d) { return d.id == *id; });
    return it == keys.end() ? nullptr : &*it;
  }
};

AuthjsCookies::AuthjsCookies(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AuthjsCookies::~AuthjsCookies() = default;
AuthjsCookies::AuthjsCookies(AuthjsCookies&&) noexcept = default;
AuthjsCookies& AuthjsCookies::operator=(AuthjsCookies&&) noexcept = default;

Result<AuthjsCookies> AuthjsCookies::make(const std::vector<SecretBytes>& secrets,
                                          const AuthjsOptions& options) {
  const bool v4 = options.version == AuthjsVersion::v4;
  const auto empty = [](const SecretBytes& secret) { return secret.empty(); };
  if (secrets.empty() || (v4 && secrets.size() > 1) ||
      std::any_of(secrets.begin(), secrets.end(), empty)) {
    return Error{Errc::bad_config, "Auth.js cookies need a secret, next-auth 4 exactly one"};
  }
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  impl->entropy = options.entropy != nullptr ? options.entropy : &system_entropy();
  for (const SecretBytes& secret : secrets) {
    impl->narrow.push_back(derive(secret, options, 32));
    if (!v4) impl->wide.push_back(derive(secret, options, 64));
  }
  return AuthjsCookies{std::move(impl)};
}

Result<std::string> AuthjsCookies::encode(std::string_view claims, Millis max_age,
                                          UnixTime now) const {
  std::array<std::uint8_t, 16> random;
  if (const Result<void> filled = impl_->entropy->fill(random); !filled) return filled.error();
  const std::int64_t seconds = to_unix_millis(now) / 1000;
  const auto payload =
      codec::with_claims(claims, {{"iat", std::to_string(seconds)},
                                  {"exp", std::to_string(seconds + max_age.count() / 1000)},
                                  {"jti", '"' + uuid_text(random) + '"'}});
  if (!payload) return Error{Errc::invalid_argument, "claims are a JSON object"};
  if (impl_->options.version == AuthjsVersion::v4) {
    return jose_encrypt(R"({"alg":"dir","enc":"A256GCM"})", *payload, impl_->narrow[0].key.bytes(),
                        *impl_->entropy);
  }
  const Derived& primary = impl_->wide.front();
  const std::string header = R"({"alg":"dir","enc":"A256CBC-HS512","kid":")" + primary.id + R"("})";
  return jose_encrypt(header, *payload, primary.key.bytes(), *impl_->entropy);
}

JoseOutcome AuthjsCookies::decode(std::string_view token, UnixTime now) const {
  const double clock = static_cast<double>(to_unix_millis(now)) / 1000;
  JoseOptions rules;
  rules.clock_tolerance = kTolerance;
  if (impl_->options.version == AuthjsVersion::v4) {
    return jose_decrypt(token, impl_->narrow.front().key.bytes(), rules, clock);
  }
  rules.key_management_algorithms = {"dir"};
  rules.content_encryption_algorithms = {std::string{kWriteEncryption}, "A256GCM"};
  const auto header = codec::parse_jose_header(token.substr(0, token.find('.')));
  const auto enc = header ? header->text_of("enc") : std::nullopt;
  // A token that gives no key to look for is refused before a key is used.
  if (!enc || !codec::contains(*rules.content_encryption_algorithms, *enc)) {
    return jose_decrypt(token, {}, rules, clock);
  }
  const codec::JsonValue* kid = header->object.find("kid");
  std::optional<std::string> id;
  if (kid != nullptr) id = codec::json_string(*kid).value_or("");
  const Derived* key = impl_->choose(*enc, id);
  if (key == nullptr) return codec::jose_error("Error", "no matching decryption secret");
  return jose_decrypt(token, key->key.bytes(), rules, clock);
}

}  // namespace latchkey
