// seal       = prefix "*" id "*" salt "*" iv "*" cipher "*" expiration "*" salt "*" mac
// prefix     = "Fe26.2"
// salt       = *TEXT            ; fed to PBKDF2 as it stands; empty under a raw key
// iv         = base64url        ; 16 bytes
// cipher     = base64url        ; AES of the JSON text
// expiration = "" / digits      ; milliseconds since the epoch
// mac        = base64url        ; HMAC-SHA-256 of the first six parts, joined by "*"

#include "codec/seal/fe26.h"

#include <array>
#include <charconv>
#include <limits>

#include "base/base64url_into.h"
#include "base/declassify.h"
#include "base/text.h"
#include "codec/json/text.h"
#include "codec/text/decode.h"
#include "crypto/aes.h"
#include "crypto/digest.h"
#include "latchkey/secret.h"

namespace latchkey::codec {
namespace {

constexpr std::string_view kPrefix = "Fe26.2";
constexpr std::size_t kMacText = base64url_size(32);
constexpr std::size_t kIvText = base64url_size(crypto::kAesBlock);

enum Part : std::size_t { kTag, kId, kEncSalt, kIv, kCipher, kExpiration, kMacSalt, kMac, kParts };
using Parts = std::array<std::string_view, kParts>;

std::optional<Parts> split(std::string_view seal) noexcept {
  Parts parts;
  std::size_t count = 0;
  for (;;) {
    const std::size_t star = seal.find('*');
    if (count == kParts) return std::nullopt;
    parts[count++] = seal.substr(0, star);
    if (star == std::string_view::npos) break;
    seal.remove_prefix(star + 1);
  }
  if (count != kParts) return std::nullopt;
  return parts;
}

// judge_expiration checks the field as the newest peer does: decimal without a leading zero, any
// length; what no clock reaches never expires.
std::optional<SealReason> judge_expiration(std::string_view text, const Fe26Options& options,
                                           std::int64_t now_ms) noexcept {
  if (text.empty()) return std::nullopt;
  for (const char c : text) {
    if (c < '0' || c > '9') return SealReason::invalid_expiration;
  }
  if (text.front() == '0') return SealReason::invalid_expiration;
  std::int64_t at = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), at);
  if (read.ec != std::errc{}) at = std::numeric_limits<std::int64_t>::max();
  if (at <= now_ms + options.offset_ms - options.skew_ms) return SealReason::expired;
  return std::nullopt;
}

// Key holds what one seal derives; wiped when it dies.
class Key {
 public:
  // make fails when a password would have to derive from no salt, which no sealer does.
  bool make(const Fe26Secret& secret, std::string_view salt, const Fe26KeyOptions& options,
            std::size_t size) noexcept {
    if (secret.is_raw()) {
      bytes_ = secret.raw();
      return true;
    }
    if (salt.empty()) return false;
    const std::span<std::uint8_t> out{derived_.data(), size};
    secret.derive(salt, options, out);
    bytes_ = out;
    return true;
  }
  Key() = default;
  ~Key() { wipe(derived_.data(), derived_.size()); }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  crypto::Bytes bytes() const noexcept { return bytes_; }

 private:
  std::array<std::uint8_t, 32> derived_;
  crypto::Bytes bytes_;
};

using Mac = std::array<std::uint8_t, 32>;

Mac mac_of(crypto::Bytes key, std::string_view sealed) noexcept {
  Mac mac;
  crypto::HmacKey{crypto::Hash::sha256, key}.mac({crypto::as_bytes(sealed)}, mac);
  return mac;
}

// check_mac decodes the MAC that was given, which is public, and compares bytes. What is not the
// canonical form of the right bytes is not the MAC.
std::optional<SealReason> check_mac(std::string_view seal, const Parts& parts,
                                    const Fe26Password& password, const Fe26Options& options) {
  const Fe26Secret& secret = password.integrity();
  if (const auto problem = secret.problem(kFe26MacKeyBytes, options.integrity)) return problem;
  const bool idle = (secret.is_raw() && !parts[kMacSalt].empty()) ||
                    (password.encryption.is_raw() && !parts[kEncSalt].empty());
  if (idle && options.refuse_idle_salts) return SealReason::bad_mac;
  Key key;
  if (!key.make(secret, parts[kMacSalt], options.integrity, kFe26MacKeyBytes)) {
    return SealReason::bad_mac;
  }
  const std::size_t base = static_cast<std::size_t>(parts[kMacSalt].data() - seal.data()) - 1;
  const Mac wanted = mac_of(key.bytes(), seal.substr(0, base));
  std::array<std::uint8_t, kMacText> given;
  if (parts[kMac].size() != kMacText) return SealReason::bad_mac;
  const Base64urlDecoded decoded = base64url_decode_into(parts[kMac], given.data());
  const bool equal = declassified(equal_ct(wanted, {given.data(), wanted.size()}));
  if (!equal || decoded.form != Base64urlForm::canonical) return SealReason::bad_mac;
  return std::nullopt;
}

// fits tells whether the cipher takes a key of this length. With AES-CTR a longer raw key makes it
// AES-192 or AES-256, as in iron-webcrypto; AES-CBC has one length.
bool fits(SealCipher cipher, std::size_t key_bytes) noexcept {
  if (cipher == SealCipher::aes_256_cbc) return key_bytes == fe26_cipher_key_bytes(cipher);
  return key_bytes == 16 || key_bytes == 24 || key_bytes == 32;
}

bool encrypt(SealCipher cipher, crypto::Bytes key, crypto::Bytes iv, std::string_view plain,
             std::span<std::uint8_t> out) noexcept {
  const crypto::Bytes bytes = crypto::as_bytes(plain);
  return cipher == SealCipher::aes_256_cbc ? crypto::aes_cbc_encrypt(key, iv, bytes, out)
                                           : crypto::aes_ctr(key, iv, bytes, out);
}

// decrypt turns `text`, which holds `size` bytes of ciphertext, into the plaintext.
bool decrypt(SealCipher cipher, crypto::Bytes key, crypto::Bytes iv, std::string& text,
             std::size_t size) {
  const std::span<std::uint8_t> bytes{reinterpret_cast<std::uint8_t*>(text.data()), size};
  if (!fits(cipher, key.size())) return false;
  if (cipher == SealCipher::aes_128_ctr) {
    text.resize(size);
    return crypto::aes_ctr(key, iv, bytes, bytes);
  }
  const auto length = crypto::aes_cbc_decrypt(key, iv, bytes, bytes);
  if (!length) return false;
  declassify(text.data(), *length);
  text.resize(*length);
  return true;
}

Fe26Result refuse(SealReason reason) { return {std::nullopt, reason}; }

// open decrypts an authentic seal.
Fe26Result open(const Parts& parts, const Fe26Password& password, const Fe26Options& options) {
  std::string text(parts[kCipher].size() / 4 * 3 + 3, '\0');
  std::string iv(parts[kIv].size() / 4 * 3 + 3, '\0');
  const auto cipher_bytes =
      base64url_decode_into(parts[kCipher], reinterpret_cast<std::uint8_t*>(text.data()));
  const auto iv_bytes =
      base64url_decode_into(parts[kIv], reinterpret_cast<std::uint8_t*>(iv.data()));
  if (cipher_bytes.form != Base64urlForm::canonical || iv_bytes.form != Base64urlForm::canonical) {
    return refuse(SealReason::invalid_character);
  }
  const std::size_t key_bytes = fe26_cipher_key_bytes(options.cipher);
  if (const auto problem = password.encryption.problem(key_bytes, options.encryption)) {
    return refuse(*problem);
  }
  Key key;
  if (!key.make(password.encryption, parts[kEncSalt], options.encryption, key_bytes) ||
      !decrypt(options.cipher, key.bytes(), crypto::as_bytes({iv.data(), iv_bytes.size}), text,
               cipher_bytes.size)) {
    return refuse(SealReason::bad_decrypt);
  }
  std::string storage;
  const std::string_view json = decode_utf8_lossy(text, storage);
  if (!scan_json(json)) return refuse(SealReason::bad_json);
  if (json.data() != text.data()) text = std::string{json};
  return {Fe26Opened{std::move(text), &password}, {}};
}

std::size_t salt_bytes(const Fe26Secret& secret, const Fe26KeyOptions& options) noexcept {
  return secret.is_raw() ? 0 : (options.salt_bits + 7) / 8;
}

char* put(char* to, std::string_view text) noexcept { return text.copy(to, text.size()) + to; }

char* put_hex(char* to, crypto::Bytes bytes) noexcept {
  for (const std::uint8_t byte : bytes) {
    *to++ = kHexDigits[byte >> 4];
    *to++ = kHexDigits[byte & 15];
  }
  return to;
}

std::string expiration_text(const Fe26Options& options, std::int64_t now_ms) {
  if (options.ttl_ms == 0) return {};
  return std::to_string(now_ms + options.offset_ms + options.ttl_ms);
}

Error unfit() { return {Errc::invalid_argument, "the password or its options cannot make a seal"}; }

}  // namespace

Result<std::string> fe26_seal(std::string_view json, const Fe26Password& password,
                              const Fe26Options& options, std::int64_t now_ms, Entropy& entropy) {
  const std::size_t key_bytes = fe26_cipher_key_bytes(options.cipher);
  const std::size_t enc_salt = salt_bytes(password.encryption, options.encryption);
  const std::size_t mac_salt = salt_bytes(password.integrity(), options.integrity);
  constexpr std::size_t kMaxSalt = 64;
  if (!is_fe26_id(password.id) || enc_salt > kMaxSalt || mac_salt > kMaxSalt ||
      password.encryption.problem(key_bytes, options.encryption) ||
      password.integrity().problem(kFe26MacKeyBytes, options.integrity)) {
    return unfit();
  }
  std::array<std::uint8_t, crypto::kAesBlock + 2 * kMaxSalt> random;
  const std::span<std::uint8_t> drawn{random.data(), crypto::kAesBlock + enc_salt + mac_salt};
  if (const Result<void> filled = entropy.fill(drawn); !filled) return filled.error();
  const crypto::Bytes iv = drawn.first(crypto::kAesBlock);
  const std::string expiration = expiration_text(options, now_ms);
  const std::size_t cipher_bytes = options.cipher == SealCipher::aes_256_cbc
                                       ? crypto::cbc_padded_size(json.size())
                                       : json.size();

  std::string seal(kPrefix.size() + password.id.size() + 2 * enc_salt + kIvText +
                       base64url_size(cipher_bytes) + expiration.size() + 2 * mac_salt + kMacText +
                       7,
                   '*');
  char* to = put(put(seal.data(), kPrefix) + 1, password.id) + 1;
  const char* const enc_salt_text = to;
  to = put_hex(to, drawn.subspan(crypto::kAesBlock, enc_salt));
  const std::string_view enc_salt_view{enc_salt_text, 2 * enc_salt};
  to = base64url_encode_into(iv, to + 1) + 1;

  Key key;
  std::vector<std::uint8_t> cipher(cipher_bytes);
  if (!key.make(password.encryption, enc_salt_view, options.encryption, key_bytes) ||
      !fits(options.cipher, key.bytes().size()) ||
      !encrypt(options.cipher, key.bytes(), iv, json, cipher)) {
    return unfit();
  }
  to = put(base64url_encode_into(cipher, to) + 1, expiration);
  const std::string_view sealed{seal.data(), static_cast<std::size_t>(to - seal.data())};
  char* const mac_salt_text = to + 1;
  to = put_hex(mac_salt_text, drawn.last(mac_salt)) + 1;
  Key mac_key;
  if (!mac_key.make(password.integrity(), {mac_salt_text, 2 * mac_salt}, options.integrity,
                    kFe26MacKeyBytes)) {
    return unfit();
  }
  base64url_encode_into(mac_of(mac_key.bytes(), sealed), to);
  return seal;
}

Fe26Result fe26_unseal(std::string_view seal, const Fe26Ring& ring, const Fe26Options& options,
                       std::int64_t now_ms) {
  const std::optional<Parts> parts = split(seal);
  if (!parts) return refuse(SealReason::wrong_parts);
  if ((*parts)[kTag] != kPrefix) return refuse(SealReason::wrong_prefix);
  if (const auto reason = judge_expiration((*parts)[kExpiration], options, now_ms)) {
    return refuse(*reason);
  }
  const Fe26Password* password = ring.find((*parts)[kId]);
  if (password == nullptr) return refuse(SealReason::unknown_password);
  if (password->encryption.is_empty() || password->integrity().is_empty()) {
    return refuse(SealReason::empty_password);
  }
  if (const auto reason = check_mac(seal, *parts, *password, options)) return refuse(*reason);
  return open(*parts, *password, options);
}

}  // namespace latchkey::codec
