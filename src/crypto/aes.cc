#include "crypto/aes.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <climits>
#include <memory>

#include "base/declassify.h"
#include "latchkey/secret.h"

namespace latchkey::crypto {
namespace {

enum Mode : std::size_t { kCbc, kCtr, kGcm, kModes };
constexpr std::size_t kSizes = 3;
constexpr const char* kNames[kModes][kSizes] = {
    {"AES-128-CBC", "AES-192-CBC", "AES-256-CBC"},
    {"AES-128-CTR", "AES-192-CTR", "AES-256-CTR"},
    {"AES-128-GCM", "AES-192-GCM", "AES-256-GCM"},
};

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};

std::optional<std::size_t> size_index(std::size_t key_bytes) noexcept {
  if (key_bytes != 16 && key_bytes != 24 && key_bytes != 32) return std::nullopt;
  return key_bytes / 8 - 2;
}

// Fetched ciphers live as long as the program.
const EVP_CIPHER* fetched(Mode mode, std::size_t size) noexcept {
  struct Table {
    EVP_CIPHER* ciphers[kModes][kSizes];
    Table() noexcept {
      for (std::size_t m = 0; m < kModes; ++m) {
        for (std::size_t s = 0; s < kSizes; ++s) {
          ciphers[m][s] = EVP_CIPHER_fetch(nullptr, kNames[m][s], nullptr);
        }
      }
    }
  };
  static const Table table;
  return table.ciphers[mode][size];
}

// One context for each cipher and thread: a context that keeps its cipher is not set up again.
EVP_CIPHER_CTX* cipher_context(Mode mode, std::size_t size) noexcept {
  thread_local std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> contexts[kModes][kSizes];
  auto& context = contexts[mode][size];
  if (!context) context.reset(EVP_CIPHER_CTX_new());
  return context.get();
}

// start returns a context with key and IV set, or nullptr.
EVP_CIPHER_CTX* start(Mode mode, std::span<const std::uint8_t> key,
                      std::span<const std::uint8_t> iv, bool encrypt) noexcept {
  const std::optional<std::size_t> size = size_index(key.size());
  if (!size || iv.size() != (mode == kGcm ? kGcmNonce : kAesBlock)) return nullptr;
  EVP_CIPHER_CTX* context = cipher_context(mode, *size);
  const EVP_CIPHER* cipher = fetched(mode, *size);
  if (context == nullptr || cipher == nullptr) return nullptr;
  // Naming the cipher again would make the context fetch its parameters anew.
  const EVP_CIPHER* named = EVP_CIPHER_CTX_get0_cipher(context) == cipher ? nullptr : cipher;
  if (EVP_CipherInit_ex2(context, named, key.data(), iv.data(), encrypt ? 1 : 0, nullptr) != 1) {
    return nullptr;
  }
  return context;
}

bool update(EVP_CIPHER_CTX* context, std::uint8_t* out, std::span<const std::uint8_t> in) noexcept {
  if (in.size() > static_cast<std::size_t>(INT_MAX) - kAesBlock) return false;
  int written = 0;
  return EVP_CipherUpdate(context, out, &written, in.data(), static_cast<int>(in.size())) == 1;
}

template <class T>
T fail(T answer) noexcept {
  ERR_clear_error();
  return answer;
}

}  // namespace

bool aes_cbc_encrypt(std::span<const std::uint8_t> key, std::span<const std::uint8_t> iv,
                     std::span<const std::uint8_t> plain, std::span<std::uint8_t> out) noexcept {
  if (out.size() != cbc_padded_size(plain.size())) return false;
  EVP_CIPHER_CTX* context = start(kCbc, key, iv, true);
  if (context == nullptr || EVP_CIPHER_CTX_set_padding(context, 0) != 1) return fail(false);
  const std::size_t whole = plain.size() - plain.size() % kAesBlock;
  std::array<std::uint8_t, kAesBlock> last;
  last.fill(static_cast<std::uint8_t>(out.size() - plain.size()));
  std::copy(plain.begin() + static_cast<std::ptrdiff_t>(whole), plain.end(), last.begin());
  const bool fine =
      update(context, out.data(), plain.first(whole)) && update(context, out.data() + whole, last);
  wipe(last.data(), last.size());
  return fine ? true : fail(false);
}

std::optional<std::size_t> aes_cbc_decrypt(std::span<const std::uint8_t> key,
                                           std::span<const std::uint8_t> iv,
                                           std::span<const std::uint8_t> cipher,
                                           std::span<std::uint8_t> out) noexcept {
  if (cipher.empty() || cipher.size() % kAesBlock != 0 || out.size() < cipher.size())
    return std::nullopt;
  EVP_CIPHER_CTX* context = start(kCbc, key, iv, false);
  if (context == nullptr || EVP_CIPHER_CTX_set_padding(context, 0) != 1 ||
      !update(context, out.data(), cipher)) {
    return fail(std::nullopt);
  }
  return pkcs7_length(out.first(cipher.size()));
}

std::optional<std::size_t> pkcs7_length(std::span<const std::uint8_t> padded) noexcept {
  if (padded.size() < kAesBlock) return std::nullopt;
  const unsigned pad = padded.back();
  // All ones where the condition holds, without a branch: the top bit of a wrapped difference.
  const auto mask_less = [](unsigned a, unsigned b) { return 0U - ((a - b) >> 31); };
  unsigned bad = mask_less(pad, 1) | mask_less(kAesBlock, pad);
  for (unsigned i = 0; i < kAesBlock; ++i) {
    const unsigned byte = padded[padded.size() - 1 - i];
    bad |= mask_less(i, pad) & (byte ^ pad);
    asm volatile("" : "+r"(bad));
  }
  if (declassified(bad) != 0) return std::nullopt;
  return padded.size() - declassified(pad);
}

bool aes_ctr(std::span<const std::uint8_t> key, std::span<const std::uint8_t> iv,
             std::span<const std::uint8_t> in, std::span<std::uint8_t> out) noexcept {
  if (out.size() < in.size()) return false;
  EVP_CIPHER_CTX* context = start(kCtr, key, iv, true);
  return context != nullptr && update(context, out.data(), in) ? true : fail(false);
}

bool aes_gcm_encrypt(std::span<const std::uint8_t> key, std::span<const std::uint8_t> nonce,
                     std::span<const std::uint8_t> associated, std::span<const std::uint8_t> plain,
                     std::uint8_t* out, std::span<std::uint8_t> tag) noexcept {
  EVP_CIPHER_CTX* context = start(kGcm, key, nonce, true);
  if (context == nullptr || tag.size() != kGcmTag) return fail(false);
  int end = 0;
  const bool fine = update(context, nullptr, associated) && update(context, out, plain) &&
                    EVP_EncryptFinal_ex(context, tag.data(), &end) == 1 &&
                    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kGcmTag, tag.data()) == 1;
  return fine ? true : fail(false);
}

bool aes_gcm_decrypt(std::span<const std::uint8_t> key, std::span<const std::uint8_t> nonce,
                     std::span<const std::uint8_t> associated, std::span<const std::uint8_t> cipher,
                     std::span<const std::uint8_t> tag, std::uint8_t* out) noexcept {
  EVP_CIPHER_CTX* context = start(kGcm, key, nonce, false);
  if (context == nullptr || tag.size() != kGcmTag) return fail(false);
  int end = 0;
  std::array<std::uint8_t, kGcmTag> wanted;
  std::copy(tag.begin(), tag.end(), wanted.begin());
  std::array<std::uint8_t, kAesBlock> rest;
  const bool fine =
      update(context, nullptr, associated) && update(context, out, cipher) &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kGcmTag, wanted.data()) == 1 &&
      EVP_DecryptFinal_ex(context, rest.data(), &end) == 1;
  if (!fine) wipe(out, cipher.size());
  return fine ? true : fail(false);
}

}  // namespace latchkey::crypto
