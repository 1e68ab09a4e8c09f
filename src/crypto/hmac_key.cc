// The low-level hash calls are deprecated in OpenSSL 3, yet nothing else in its API lets a state be
// copied without an allocation and an indirect call: 0.18 us for one PBKDF2 against 1.05 us by
// EVP_KDF.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/hmac_key.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cstring>

#include "latchkey/secret.h"

namespace latchkey::crypto {
namespace {

struct Sha1 {
  using State = SHA_CTX;
  static constexpr std::size_t kBlock = 64, kDigest = 20;
  static void init(State* s) noexcept { SHA1_Init(s); }
  static void update(State* s, const void* d, std::size_t n) noexcept { SHA1_Update(s, d, n); }
  static void final(State* s, std::uint8_t* out) noexcept { SHA1_Final(out, s); }
};
struct Sha256 {
  using State = SHA256_CTX;
  static constexpr std::size_t kBlock = 64, kDigest = 32;
  static void init(State* s) noexcept { SHA256_Init(s); }
  static void update(State* s, const void* d, std::size_t n) noexcept { SHA256_Update(s, d, n); }
  static void final(State* s, std::uint8_t* out) noexcept { SHA256_Final(out, s); }
};
struct Sha384 {
  using State = SHA512_CTX;
  static constexpr std::size_t kBlock = 128, kDigest = 48;
  static void init(State* s) noexcept { SHA384_Init(s); }
  static void update(State* s, const void* d, std::size_t n) noexcept { SHA384_Update(s, d, n); }
  static void final(State* s, std::uint8_t* out) noexcept { SHA384_Final(out, s); }
};
struct Sha512 {
  using State = SHA512_CTX;
  static constexpr std::size_t kBlock = 128, kDigest = 64;
  static void init(State* s) noexcept { SHA512_Init(s); }
  static void update(State* s, const void* d, std::size_t n) noexcept { SHA512_Update(s, d, n); }
  static void final(State* s, std::uint8_t* out) noexcept { SHA512_Final(out, s); }
};

// with calls `f` with the implementation of `hash`.
template <class F>
void with(Hash hash, F&& f) noexcept {
  switch (hash) {
    case Hash::sha1:
      return f(Sha1{});
    case Hash::sha256:
      return f(Sha256{});
    case Hash::sha384:
      return f(Sha384{});
    case Hash::sha512:
      return f(Sha512{});
  }
}

template <class H>
void absorb_pad(Bytes key, std::uint8_t pad, std::byte* out) noexcept {
  std::array<std::uint8_t, H::kBlock> block{};
  std::copy(key.begin(), key.end(), block.begin());
  for (std::uint8_t& byte : block) byte ^= pad;
  typename H::State state;
  H::init(&state);
  H::update(&state, block.data(), block.size());
  std::memcpy(out, &state, sizeof state);
  wipe(block.data(), block.size());
  wipe(&state, sizeof state);
}

template <class H>
typename H::State load(const std::byte* from) noexcept {
  typename H::State state;
  std::memcpy(&state, from, sizeof state);
  return state;
}

// The final calls of OpenSSL wipe the state's buffered block, not its chaining value, which is the
// digest itself: only the digest is left behind on the stack.
template <class H>
void finish_mac(typename H::State inner, const std::byte* outer_from, std::uint8_t* out) noexcept {
  H::final(&inner, out);
  typename H::State outer = load<H>(outer_from);
  H::update(&outer, out, H::kDigest);
  H::final(&outer, out);
}

}  // namespace

void digest(Hash hash, Bytes data, std::span<std::uint8_t> out) noexcept {
  with(hash, [&](auto h) {
    typename decltype(h)::State state;
    h.init(&state);
    h.update(&state, data.data(), data.size());
    h.final(&state, out.data());
  });
}

HmacKey::HmacKey(Hash hash, Bytes key) noexcept : hash_(hash) {
  with(hash, [&](auto h) {
    using H = decltype(h);
    static_assert(sizeof(typename H::State) <= kStateBytes && alignof(typename H::State) <= 8);
    std::array<std::uint8_t, H::kDigest> hashed;
    if (key.size() > H::kBlock) {
      digest(hash, key, hashed);
      key = hashed;
    }
    absorb_pad<H>(key, 0x36, inner_.data());
    absorb_pad<H>(key, 0x5c, outer_.data());
    wipe(hashed.data(), hashed.size());
  });
}

HmacKey::~HmacKey() {
  with(hash_, [&](auto h) {
    wipe(inner_.data(), sizeof(typename decltype(h)::State));
    wipe(outer_.data(), sizeof(typename decltype(h)::State));
  });
}

HmacKey::HmacKey(HmacKey&& other) noexcept
    : hash_(other.hash_), inner_(other.inner_), outer_(other.outer_) {}

HmacKey& HmacKey::operator=(HmacKey&& other) noexcept {
  hash_ = other.hash_;
  inner_ = other.inner_;
  outer_ = other.outer_;
  return *this;
}

void HmacKey::mac(std::initializer_list<Bytes> parts, std::span<std::uint8_t> out) const noexcept {
  with(hash_, [&](auto h) {
    using H = decltype(h);
    typename H::State state = load<H>(inner_.data());
    for (const Bytes part : parts) H::update(&state, part.data(), part.size());
    finish_mac<H>(state, outer_.data(), out.data());
  });
}

void pbkdf2(const HmacKey& password, Bytes salt, std::uint32_t iterations,
            std::span<std::uint8_t> out) noexcept {
  const std::size_t step = digest_size(password.hash());
  std::array<std::uint8_t, kMaxDigestBytes> block, sum;
  std::uint32_t number = 0;
  for (std::size_t done = 0; done < out.size(); done += step) {
    ++number;
    const std::array<std::uint8_t, 4> index{
        static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
        static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
    password.mac({salt, index}, block);
    sum = block;
    for (std::uint32_t i = 1; i < iterations; ++i) {
      password.mac({Bytes{block.data(), step}}, block);
      for (std::size_t j = 0; j < step; ++j) sum[j] ^= block[j];
    }
    std::copy_n(sum.begin(), std::min(step, out.size() - done),
                out.begin() + static_cast<std::ptrdiff_t>(done));
  }
  wipe(block.data(), block.size());
  wipe(sum.data(), sum.size());
}

bool hkdf(Hash hash, Bytes input, Bytes salt, Bytes info, std::span<std::uint8_t> out) noexcept {
  const std::size_t step = digest_size(hash);
  if (out.size() > 255 * step) return false;
  std::array<std::uint8_t, kMaxDigestBytes> block;
  HmacKey{hash, salt}.mac({input}, block);
  const HmacKey expand{hash, Bytes{block.data(), step}};
  std::uint8_t number = 0;
  for (std::size_t done = 0; done < out.size(); done += step) {
    ++number;
    const Bytes previous{block.data(), number == 1 ? 0 : step};
    expand.mac({previous, info, Bytes{&number, 1}}, block);
    std::copy_n(block.begin(), std::min(step, out.size() - done),
                out.begin() + static_cast<std::ptrdiff_t>(done));
  }
  wipe(block.data(), block.size());
  return true;
}

}  // namespace latchkey::crypto
