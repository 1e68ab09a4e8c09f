#include "crypto/aead.h"

#include <openssl/evp.h>

#include <memory>

namespace latchkey::crypto {
namespace {

constexpr std::size_t kNonce = 12;
constexpr std::size_t kTag = 16;

struct FreeAead {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};

const EVP_CIPHER* fetched_gcm() noexcept {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return cipher;
}

EVP_CIPHER_CTX* aead_context() noexcept {
  thread_local const std::unique_ptr<EVP_CIPHER_CTX, FreeAead> context{EVP_CIPHER_CTX_new()};
  return context.get();
}

const unsigned char* in(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* out(std::string& text, std::size_t at) noexcept {
  return reinterpret_cast<unsigned char*>(text.data()) + at;
}

}  // namespace

Result<std::string> aead_seal(const AeadKey& key, std::string_view plain, std::string_view context,
                              Entropy& entropy) {
  std::string sealed(kNonce + plain.size() + kTag, '\0');
  if (Result<void> drawn = entropy.fill({out(sealed, 0), kNonce}); !drawn) return drawn.error();
  EVP_CIPHER_CTX* ctx = aead_context();
  int length = 0;
  const bool fine =
      EVP_EncryptInit_ex2(ctx, fetched_gcm(), key.data(), out(sealed, 0), nullptr) == 1 &&
      EVP_EncryptUpdate(ctx, nullptr, &length, in(context), static_cast<int>(context.size())) ==
          1 &&
      EVP_EncryptUpdate(ctx, out(sealed, kNonce), &length, in(plain),
                        static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(ctx, out(sealed, kNonce + plain.size()), &length) == 1 &&
      EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, kTag, out(sealed, kNonce + plain.size())) ==
          1;
  EVP_CIPHER_CTX_reset(ctx);
  if (!fine) return Error{Errc::crypto_unavailable, "AES-256-GCM"};
  return sealed;
}

std::optional<std::string> aead_open(const AeadKey& key, std::string_view sealed,
                                     std::string_view context) {
  if (sealed.size() < kNonce + kTag) return std::nullopt;
  const std::string_view body = sealed.substr(kNonce, sealed.size() - kNonce - kTag);
  std::string tag(sealed.substr(sealed.size() - kTag));
  std::string plain(body.size(), '\0');
  EVP_CIPHER_CTX* ctx = aead_context();
  int length = 0;
  const bool fine = EVP_DecryptInit_ex2(ctx, fetched_gcm(), key.data(), in(sealed), nullptr) == 1 &&
                    EVP_DecryptUpdate(ctx, nullptr, &length, in(context),
                                      static_cast<int>(context.size())) == 1 &&
                    EVP_DecryptUpdate(ctx, out(plain, 0), &length, in(body),
                                      static_cast<int>(body.size())) == 1 &&
                    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, kTag, tag.data()) == 1 &&
                    EVP_DecryptFinal_ex(ctx, out(plain, body.size()), &length) == 1;
  EVP_CIPHER_CTX_reset(ctx);
  if (!fine) return std::nullopt;
  return plain;
}

}  // namespace latchkey::crypto
