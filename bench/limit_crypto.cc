#define OPENSSL_SUPPRESS_DEPRECATED

#include "bench/limit_crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <cstring>

#include "bench/harness.h"

namespace latchkey::bench {
namespace {

using Byte = unsigned char;

constexpr char kBase64Url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr auto kReverse = [] {
  std::array<Byte, 256> table{};
  for (Byte i = 0; i < 64; ++i) table[static_cast<Byte>(kBase64Url[i])] = i;
  return table;
}();

char* encode(const Byte* from, std::size_t size, char* to) {
  std::size_t i = 0;
  for (; i + 3 <= size; i += 3) {
    const unsigned v = static_cast<unsigned>(from[i]) << 16 |
                       static_cast<unsigned>(from[i + 1]) << 8 | from[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6) *to++ = kBase64Url[v >> shift & 63];
  }
  unsigned v = 0;
  for (std::size_t k = 0; k < size - i; ++k)
    v |= static_cast<unsigned>(from[i + k]) << (16 - 8 * k);
  for (std::size_t k = 0; k < (size - i == 0 ? 0 : size - i + 1); ++k) {
    *to++ = kBase64Url[v >> (18 - 6 * k) & 63];
  }
  return to;
}

std::size_t decode(std::string_view text, Byte* to) {
  const Byte* const begin = to;
  std::size_t i = 0;
  const auto value = [&](std::size_t at) {
    return static_cast<unsigned>(kReverse[static_cast<Byte>(text[at])]);
  };
  for (; i + 4 <= text.size(); i += 4) {
    const unsigned v = value(i) << 18 | value(i + 1) << 12 | value(i + 2) << 6 | value(i + 3);
    *to++ = static_cast<Byte>(v >> 16);
    *to++ = static_cast<Byte>(v >> 8);
    *to++ = static_cast<Byte>(v);
  }
  const std::size_t rest = text.size() - i;
  if (rest >= 2) *to++ = static_cast<Byte>(value(i) << 2 | value(i + 1) >> 4);
  if (rest == 3) *to++ = static_cast<Byte>(value(i + 1) << 4 | value(i + 2) >> 2);
  return static_cast<std::size_t>(to - begin);
}

void hex(const Byte* from, std::size_t size, char* to) {
  for (std::size_t i = 0; i < size; ++i) {
    to[2 * i] = "0123456789abcdef"[from[i] >> 4];
    to[2 * i + 1] = "0123456789abcdef"[from[i] & 15];
  }
}

struct Sha256Pads {
  SHA256_CTX inner, outer;
  void absorb(const Byte* key, std::size_t size) {
    Byte block[64] = {};
    std::memcpy(block, key, size);
    for (Byte& b : block) b ^= 0x36;
    SHA256_Init(&inner);
    SHA256_Update(&inner, block, 64);
    for (Byte& b : block) b ^= 0x36 ^ 0x5c;
    SHA256_Init(&outer);
    SHA256_Update(&outer, block, 64);
  }
  void mac(const void* data, std::size_t size, Byte* out) const {
    SHA256_CTX state = inner;
    SHA256_Update(&state, data, size);
    SHA256_Final(out, &state);
    state = outer;
    SHA256_Update(&state, out, 32);
    SHA256_Final(out, &state);
  }
};

struct Sha1Pads {
  SHA_CTX inner, outer;
  void absorb(std::string_view key) {
    Byte block[64] = {};
    std::memcpy(block, key.data(), key.size());
    for (Byte& b : block) b ^= 0x36;
    SHA1_Init(&inner);
    SHA1_Update(&inner, block, 64);
    for (Byte& b : block) b ^= 0x36 ^ 0x5c;
    SHA1_Init(&outer);
    SHA1_Update(&outer, block, 64);
  }
  // derive is PBKDF2 with one iteration and 32 bytes.
  void derive(const char* salt, Byte* out) const {
    SHA_CTX salted = inner;
    SHA1_Update(&salted, salt, 64);
    Byte block[20];
    for (Byte i = 1; i <= 2; ++i) {
      SHA_CTX state = salted;
      const Byte number[4] = {0, 0, 0, i};
      SHA1_Update(&state, number, 4);
      SHA1_Final(block, &state);
      state = outer;
      SHA1_Update(&state, block, 20);
      SHA1_Final(block, &state);
      std::memcpy(out + 20 * (i - 1), block, i == 1 ? 20 : 12);
    }
  }
};

}  // namespace

struct LimitCrypto::Impl {
  Sha1Pads password;
  Sha256Pads secret;
  std::array<Byte, 32> key{};
  EVP_CIPHER* cbc = EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr);
  EVP_CIPHER* gcm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  EVP_CIPHER_CTX* cbc_context = EVP_CIPHER_CTX_new();
  EVP_CIPHER_CTX* gcm_context = EVP_CIPHER_CTX_new();
  std::array<char, 16384> out{};
  std::array<Byte, 8192> a{}, b{};
  std::size_t size = 0;
  std::array<Byte, 4096> pool{};
  std::size_t left = 0;

  const Byte* draw(std::size_t count) {
    if (left < count) {
      RAND_bytes(pool.data(), static_cast<int>(pool.size()));
      left = pool.size();
    }
    left -= count;
    return pool.data() + left;
  }

  int run(bool encrypting, EVP_CIPHER_CTX* context, const EVP_CIPHER* cipher,
          const Byte* cipher_key, const Byte* iv, const Byte* from, std::size_t count, Byte* to) {
    int written = 0;
    EVP_CipherInit_ex2(context, cipher, cipher_key, iv, encrypting ? 1 : 0, nullptr);
    EVP_CipherUpdate(context, to, &written, from, static_cast<int>(count));
    return written;
  }

  // gcm_open decrypts and checks the tag behind the ciphertext.
  std::size_t gcm_open(const Byte* cipher_key, const Byte* iv, const Byte* from, std::size_t count,
                       Byte* tag, Byte* to) {
    const int written = run(false, gcm_context, gcm, cipher_key, iv, from, count, to);
    int end = 0;
    EVP_CIPHER_CTX_ctrl(gcm_context, EVP_CTRL_AEAD_SET_TAG, 16, tag);
    EVP_DecryptFinal_ex(gcm_context, to + written, &end);
    return static_cast<std::size_t>(written);
  }

  void message_key(const Byte* salt, Byte* okm) const {
    Byte block[57];
    std::memcpy(block, salt, 24);
    block[24] = 1;
    secret.mac(block, 25, okm);
    std::memcpy(block, okm, 32);
    std::memcpy(block + 32, salt, 24);
    block[56] = 2;
    secret.mac(block, 57, okm + 32);
  }
};

LimitCrypto::LimitCrypto(std::string_view password, std::string_view secret)
    : impl_(std::make_unique<Impl>()) {
  impl_->password.absorb(password);
  impl_->secret.absorb(reinterpret_cast<const Byte*>(secret.data()), secret.size());
  std::memcpy(impl_->key.data(), secret.data(), impl_->key.size());
}

LimitCrypto::~LimitCrypto() {
  EVP_CIPHER_CTX_free(impl_->cbc_context);
  EVP_CIPHER_CTX_free(impl_->gcm_context);
  EVP_CIPHER_free(impl_->cbc);
  EVP_CIPHER_free(impl_->gcm);
}

std::string_view LimitCrypto::sealed() const { return {impl_->out.data(), impl_->size}; }
std::string_view LimitCrypto::token() const { return sealed(); }

std::size_t LimitCrypto::seal(std::string_view plain) {
  Impl& m = *impl_;
  char* to = m.out.data();
  std::memcpy(to, "Fe26.2*1*", 9);
  char* const salt = to + 9;
  hex(m.draw(32), 32, salt);
  to = salt + 64;
  *to++ = '*';
  const Byte* iv = m.draw(16);
  to = encode(iv, 16, to);
  *to++ = '*';
  Byte key[32];
  m.password.derive(salt, key);
  int end = 0;
  const int whole = m.run(true, m.cbc_context, m.cbc, key, iv,
                          reinterpret_cast<const Byte*>(plain.data()), plain.size(), m.a.data());
  EVP_EncryptFinal_ex(m.cbc_context, m.a.data() + whole, &end);
  to = encode(m.a.data(), static_cast<std::size_t>(whole + end), to);
  std::memcpy(to, "*1893456000000", 14);
  to += 14;
  const auto base = static_cast<std::size_t>(to - m.out.data());
  *to++ = '*';
  hex(m.draw(32), 32, to);
  m.password.derive(to, key);
  to += 64;
  *to++ = '*';
  Sha256Pads pads;
  pads.absorb(key, 32);
  Byte mac[32];
  pads.mac(m.out.data(), base, mac);
  m.size = static_cast<std::size_t>(encode(mac, 32, to) - m.out.data());
  return m.size;
}

std::size_t LimitCrypto::unseal(std::string_view sealed) {
  Impl& m = *impl_;
  std::string_view parts[8];
  std::size_t count = 0;
  for (std::size_t start = 0; count < 8; ++count) {
    const std::size_t star = std::min(sealed.find('*', start), sealed.size());
    parts[count] = sealed.substr(start, star - start);
    start = star + 1;
  }
  Byte key[32], mac[32], given[33], iv[18];
  m.password.derive(parts[6].data(), key);
  Sha256Pads pads;
  pads.absorb(key, 32);
  pads.mac(sealed.data(), static_cast<std::size_t>(parts[6].data() - sealed.data()) - 1, mac);
  decode(parts[7], given);
  check(CRYPTO_memcmp(mac, given, 32) == 0, "the limit's seal did not open");
  m.password.derive(parts[2].data(), key);
  decode(parts[3], iv);
  const std::size_t size = decode(parts[4], m.a.data());
  int end = 0;
  const int whole = m.run(false, m.cbc_context, m.cbc, key, iv, m.a.data(), size, m.b.data());
  EVP_DecryptFinal_ex(m.cbc_context, m.b.data() + whole, &end);
  return static_cast<std::size_t>(whole + end);
}

std::size_t LimitCrypto::sign(std::string_view payload) {
  Impl& m = *impl_;
  constexpr std::string_view kHeader = "eyJhbGciOiJIUzI1NiJ9.";
  char* to = m.out.data() + kHeader.copy(m.out.data(), kHeader.size());
  to = encode(reinterpret_cast<const Byte*>(payload.data()), payload.size(), to);
  Byte mac[32];
  m.secret.mac(m.out.data(), static_cast<std::size_t>(to - m.out.data()), mac);
  *to++ = '.';
  m.size = static_cast<std::size_t>(encode(mac, 32, to) - m.out.data());
  return m.size;
}

std::size_t LimitCrypto::verify(std::string_view token) {
  Impl& m = *impl_;
  const std::size_t dot = token.rfind('.');
  Byte mac[32], given[33];
  m.secret.mac(token.data(), dot, mac);
  decode(token.substr(dot + 1), given);
  check(CRYPTO_memcmp(mac, given, 32) == 0, "the limit's token did not verify");
  return decode(token.substr(21, dot - 21), m.a.data());
}

std::size_t LimitCrypto::decrypt(std::string_view token) {
  Impl& m = *impl_;
  const std::size_t iv_at = token.find("..") + 2, cipher_at = token.find('.', iv_at) + 1;
  const std::size_t tag_at = token.find('.', cipher_at) + 1;
  Byte iv[15], tag[18];
  decode(token.substr(iv_at, cipher_at - 1 - iv_at), iv);
  decode(token.substr(tag_at), tag);
  const std::size_t size = decode(token.substr(cipher_at, tag_at - 1 - cipher_at), m.a.data());
  return m.gcm_open(m.key.data(), iv, m.a.data(), size, tag, m.b.data());
}

std::size_t LimitCrypto::native_seal(std::string_view content) {
  Impl& m = *impl_;
  Byte* const salt = m.a.data() + 2;
  std::memcpy(m.a.data(), "\1a", 2);
  std::memcpy(salt, m.draw(24), 24);
  Byte okm[64];
  m.message_key(salt, okm);
  Byte* const cipher = salt + 24;
  const int written = m.run(true, m.gcm_context, m.gcm, okm, okm + 32,
                            reinterpret_cast<const Byte*>(content.data()), content.size(), cipher);
  int end = 0;
  EVP_EncryptFinal_ex(m.gcm_context, cipher + written, &end);
  EVP_CIPHER_CTX_ctrl(m.gcm_context, EVP_CTRL_AEAD_GET_TAG, 16, cipher + written);
  m.size = static_cast<std::size_t>(encode(m.a.data(), 42 + content.size(), m.out.data()) -
                                    m.out.data());
  return m.size;
}

std::size_t LimitCrypto::native_unseal(std::string_view seal) {
  Impl& m = *impl_;
  const std::size_t size = decode(seal, m.a.data());
  Byte okm[64];
  m.message_key(m.a.data() + 2, okm);
  return m.gcm_open(okm, okm + 32, m.a.data() + 26, size - 42, m.a.data() + size - 16, m.b.data());
}

}  // namespace latchkey::bench
