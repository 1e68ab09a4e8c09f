// seal  = "lks1_" base64url(body)
// body  = id-length id salt ciphertext tag   ; one octet, 1-32, 24, any, 16
// docs/formats/native_seal.md says how key and nonce come from the secret and the salt.

#include "latchkey/codec/native_seal.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/base64url_into.h"
#include "base/text.h"
#include "crypto/aes.h"
#include "crypto/digest.h"
#include "crypto/hmac_key.h"

namespace latchkey {
namespace {

constexpr std::string_view kLabel = "latchkey native seal 1";
constexpr std::size_t kSalt = 24;
constexpr std::size_t kKey = 32;
constexpr std::size_t kMaxId = 32;
constexpr std::size_t kDigest = 32;

using crypto::Bytes;

struct RingKey {
  std::string id;
  crypto::HmacKey expand;  // keyed with what HKDF extracts from the secret
  std::string associated;
};

// MessageKey is the second half of HKDF, for one salt: 32 bytes of key and 12 of nonce.
class MessageKey {
 public:
  MessageKey(const crypto::HmacKey& expand, Bytes salt) noexcept {
    const std::uint8_t one = 1, two = 2;
    expand.mac({salt, {&one, 1}}, {bytes_.data(), kDigest});
    expand.mac({{bytes_.data(), kDigest}, salt, {&two, 1}}, {bytes_.data() + kDigest, kDigest});
  }
  ~MessageKey() { wipe(bytes_.data(), bytes_.size()); }
  MessageKey(const MessageKey&) = delete;
  MessageKey& operator=(const MessageKey&) = delete;
  Bytes key() const noexcept { return {bytes_.data(), kKey}; }
  Bytes nonce() const noexcept { return {bytes_.data() + kKey, crypto::kGcmNonce}; }

 private:
  std::array<std::uint8_t, 2 * kDigest> bytes_;
};

crypto::HmacKey extract(const SecretBytes& secret) {
  std::array<std::uint8_t, kDigest> extracted;
  crypto::HmacKey{crypto::Hash::sha256, crypto::as_bytes(kLabel)}.mac({secret.bytes()}, extracted);
  crypto::HmacKey expand{crypto::Hash::sha256, extracted};
  wipe(extracted.data(), extracted.size());
  return expand;
}

// associated_data names what a seal is for; lengths keep the parts apart.
std::string associated_data(const std::string& id, const NativeSealOptions& options) {
  std::string text{NativeSealer::kPrefix};
  for (const std::string* part : {&options.cookie_name, &options.purpose, &id}) {
    text.push_back(static_cast<char>(part->size()));
    text += *part;
  }
  return text;
}

bool is_id(std::string_view id) noexcept {
  return !id.empty() && id.size() <= kMaxId && std::all_of(id.begin(), id.end(), [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '-';
  });
}

std::uint8_t* bytes_of(std::string& text) noexcept {
  return reinterpret_cast<std::uint8_t*>(text.data());
}

}  // namespace

struct NativeSealer::Impl {
  std::vector<RingKey> ring;
  std::size_t max_bytes = 0;
  Entropy* entropy = nullptr;
};

std::string_view native_seal_reason_name(NativeSealReason reason) noexcept {
  switch (reason) {
    case NativeSealReason::malformed:
      return "malformed";
    case NativeSealReason::unknown_key:
      return "unknown_key";
    case NativeSealReason::forged:
      return "forged";
  }
  return "unknown";
}

NativeSealer::NativeSealer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
NativeSealer::~NativeSealer() = default;
NativeSealer::NativeSealer(NativeSealer&&) noexcept = default;
NativeSealer& NativeSealer::operator=(NativeSealer&&) noexcept = default;

Result<NativeSealer> NativeSealer::make(std::vector<NativeSealKey> keys,
                                        const NativeSealOptions& options) {
  constexpr std::size_t kMaxText = 255;
  if (keys.empty()) return Error{Errc::bad_config, "sealing needs a key"};
  if (options.cookie_name.size() > kMaxText || options.purpose.size() > kMaxText) {
    return Error{Errc::bad_config, "cookie name and purpose have at most 255 bytes"};
  }
  auto impl = std::make_unique<Impl>();
  impl->max_bytes = options.max_bytes;
  impl->entropy = options.entropy != nullptr ? options.entropy : &system_entropy();
  std::set<std::string> ids;
  for (const NativeSealKey& key : keys) {
    if (!is_id(key.id) || !ids.insert(key.id).second) {
      return Error{Errc::bad_config, "a key id is 1-32 letters, digits, _ or -, and used once"};
    }
    if (key.secret.size() < kKey) return Error{Errc::bad_config, "a secret has at least 32 bytes"};
    impl->ring.push_back({key.id, extract(key.secret), associated_data(key.id, options)});
  }
  return NativeSealer{std::move(impl)};
}

Result<std::string> NativeSealer::seal(std::string_view content) const {
  const RingKey& key = impl_->ring.front();
  const std::size_t before = 1 + key.id.size() + kSalt;
  const std::size_t body_size = before + content.size() + crypto::kGcmTag;
  const std::size_t size = kPrefix.size() + base64url_size(body_size);
  if (size > impl_->max_bytes) {
    return Error{Errc::too_large, "the seal would have " + std::to_string(size) + " bytes"};
  }
  std::string body(body_size, '\0');
  body[0] = static_cast<char>(key.id.size());
  key.id.copy(body.data() + 1, key.id.size());
  const std::span<std::uint8_t> salt{bytes_of(body) + 1 + key.id.size(), kSalt};
  if (const Result<void> filled = impl_->entropy->fill(salt); !filled) return filled.error();
  const MessageKey message{key.expand, salt};
  std::uint8_t* const cipher = bytes_of(body) + before;
  if (!crypto::aes_gcm_encrypt(message.key(), message.nonce(), crypto::as_bytes(key.associated),
                               crypto::as_bytes(content), cipher,
                               {cipher + content.size(), crypto::kGcmTag})) {
    return Error{Errc::crypto_unavailable, "AES-256-GCM refused"};
  }
  std::string seal(size, '\0');
  kPrefix.copy(seal.data(), kPrefix.size());
  base64url_encode_into(crypto::as_bytes(body), seal.data() + kPrefix.size());
  return seal;
}

NativeUnsealed NativeSealer::unseal(std::string_view seal) const {
  if (seal.size() > impl_->max_bytes || !seal.starts_with(kPrefix)) {
    return NativeSealReason::malformed;
  }
  seal.remove_prefix(kPrefix.size());
  std::string body(seal.size() / 4 * 3 + 3, '\0');
  const auto decoded = base64url_decode_into(seal, bytes_of(body));
  if (decoded.form != Base64urlForm::canonical || decoded.size == 0) {
    return NativeSealReason::malformed;
  }
  const std::size_t id_size = static_cast<unsigned char>(body[0]);
  const std::size_t before = 1 + id_size + kSalt;
  if (id_size == 0 || id_size > kMaxId || decoded.size < before + crypto::kGcmTag) {
    return NativeSealReason::malformed;
  }
  const std::string_view id{body.data() + 1, id_size};
  const auto key = std::find_if(impl_->ring.begin(), impl_->ring.end(),
                                [&](const RingKey& candidate) { return candidate.id == id; });
  if (key == impl_->ring.end()) return NativeSealReason::unknown_key;
  const Bytes all{bytes_of(body), decoded.size};
  const MessageKey message{key->expand, all.subspan(1 + id_size, kSalt)};
  std::string content(decoded.size - before - crypto::kGcmTag, '\0');
  if (!crypto::aes_gcm_decrypt(message.key(), message.nonce(), crypto::as_bytes(key->associated),
                               all.subspan(before, content.size()), all.last(crypto::kGcmTag),
                               bytes_of(content))) {
    return NativeSealReason::forged;
  }
  return {std::move(content), key == impl_->ring.begin()};
}

}  // namespace latchkey
