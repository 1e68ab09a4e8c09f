#include "crypto/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/text.h"
#include "latchkey/secret.h"

namespace latchkey::crypto {
namespace {

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

const EVP_MD* fetched_sha256() noexcept {
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return md;
}

EVP_MD_CTX* digest_context() noexcept {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeDigest> context{EVP_MD_CTX_new()};
  return context.get();
}

// Without SHA-256 nothing here can decide who is logged in; going on would be worse than ending.
void require(bool fine) noexcept {
  if (!fine) std::abort();
}

class Sha256 {
 public:
  Sha256() noexcept {
    require(EVP_DigestInit_ex2(digest_context(), fetched_sha256(), nullptr) == 1);
  }
  void update(std::span<const std::uint8_t> data) noexcept {
    require(EVP_DigestUpdate(digest_context(), data.data(), data.size()) == 1);
  }
  Digest256 finish() noexcept {
    Digest256 out;
    require(EVP_DigestFinal_ex(digest_context(), out.data(), nullptr) == 1);
    return out;
  }
};

}  // namespace

Digest256 sha256(std::span<const std::uint8_t> data) noexcept {
  Sha256 hash;
  hash.update(data);
  return hash.finish();
}

std::string sha1_hex(std::string_view text) {
  constexpr std::size_t kBytes = 20;
  std::array<std::uint8_t, kBytes> digest{};
  require(EVP_Q_digest(nullptr, "SHA1", nullptr, text.data(), text.size(), digest.data(),
                       nullptr) == 1);
  std::string out;
  append_hex(out, digest);
  return out;
}

Digest256 hmac_sha256(std::span<const std::uint8_t> key,
                      std::span<const std::uint8_t> data) noexcept {
  constexpr std::size_t kBlock = 64;
  std::array<std::uint8_t, kBlock> inner_pad{};
  if (key.size() > kBlock) {
    Digest256 short_key = sha256(key);
    std::copy(short_key.begin(), short_key.end(), inner_pad.begin());
    wipe(short_key.data(), short_key.size());
  } else {
    std::copy(key.begin(), key.end(), inner_pad.begin());
  }
  std::array<std::uint8_t, kBlock> outer_pad = inner_pad;
  for (std::uint8_t& byte : inner_pad) byte ^= 0x36;
  for (std::uint8_t& byte : outer_pad) byte ^= 0x5c;
  Sha256 inner;
  inner.update(inner_pad);
  inner.update(data);
  const Digest256 inner_digest = inner.finish();
  Sha256 outer;
  outer.update(outer_pad);
  outer.update(inner_digest);
  const Digest256 out = outer.finish();
  wipe(inner_pad.data(), inner_pad.size());
  wipe(outer_pad.data(), outer_pad.size());
  return out;
}

}  // namespace latchkey::crypto
