// The older calls, as in hmac_key.cc: building an EVP_PKEY of 64 octets costs as much as checking a
// signature with it.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/signature.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <memory>

#include "crypto/digest.h"

namespace latchkey::crypto {
namespace {

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* thing) const noexcept {
    kFree(thing);
  }
};
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using EcKey = std::unique_ptr<EC_KEY, Freed<EC_KEY_free>>;
using EcPoint = std::unique_ptr<EC_POINT, Freed<EC_POINT_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;
using RsaKey = std::unique_ptr<RSA, Freed<RSA_free>>;

Number number_of(std::span<const std::uint8_t> octets) noexcept {
  return Number(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
}

// The curve is made once; it is only read.
const EC_GROUP* curve() noexcept {
  static const EC_GROUP* const group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
  return group;
}

// ec_key is empty unless the octets are a point of the curve.
EcKey ec_key(std::span<const std::uint8_t> point) noexcept {
  constexpr std::uint8_t kUncompressed = 4;
  if (point.size() != 2 * kP256Coordinate || curve() == nullptr) return nullptr;
  std::array<std::uint8_t, 1 + 2 * kP256Coordinate> octets{kUncompressed};
  std::copy(point.begin(), point.end(), octets.begin() + 1);
  EcKey key(EC_KEY_new());
  const EcPoint read(EC_POINT_new(curve()));
  const bool good =
      key && read && EC_KEY_set_group(key.get(), curve()) == 1 &&
      EC_POINT_oct2point(curve(), read.get(), octets.data(), octets.size(), nullptr) == 1 &&
      EC_KEY_set_public_key(key.get(), read.get()) == 1;
  return good ? std::move(key) : nullptr;
}

// With whatever way out, nothing stays in OpenSSL's queue of errors.
struct CleanErrors {
  ~CleanErrors() { ERR_clear_error(); }
};

}  // namespace

bool is_p256_point(std::span<const std::uint8_t> point) noexcept {
  const CleanErrors clean;
  return ec_key(point) != nullptr;
}

bool verify_es256(std::span<const std::uint8_t> point, std::string_view message,
                  std::span<const std::uint8_t> signature) noexcept {
  const CleanErrors clean;
  if (signature.size() != kP256Signature) return false;
  const EcKey key = ec_key(point);
  EcSignature given(ECDSA_SIG_new());
  Number r = number_of(signature.first(kP256Coordinate));
  Number s = number_of(signature.subspan(kP256Coordinate));
  if (!key || !given || !r || !s) return false;
  if (ECDSA_SIG_set0(given.get(), r.get(), s.get()) != 1) return false;
  (void)r.release();  // they are the signature's now
  (void)s.release();
  const Digest256 hash = sha256(as_bytes(message));
  return ECDSA_do_verify(hash.data(), static_cast<int>(hash.size()), given.get(), key.get()) == 1;
}

bool is_rsa_key(std::span<const std::uint8_t> modulus,
                std::span<const std::uint8_t> exponent) noexcept {
  if (modulus.size() < kLeastRsaBytes || modulus.size() > kMostRsaBytes) return false;
  // 2048 bits: with as few octets the highest bit is set.
  if (modulus.front() == 0 || (modulus.size() == kLeastRsaBytes && modulus.front() < 0x80)) {
    return false;
  }
  if (exponent.size() < 3 || exponent.size() > 4 || exponent.front() == 0) return false;
  return (modulus.back() & 1) != 0 && (exponent.back() & 1) != 0;
}

bool verify_rs256(std::span<const std::uint8_t> modulus, std::span<const std::uint8_t> exponent,
                  std::string_view message, std::span<const std::uint8_t> signature) noexcept {
  const CleanErrors clean;
  if (!is_rsa_key(modulus, exponent) || signature.size() != modulus.size()) return false;
  const RsaKey key(RSA_new());
  Number n = number_of(modulus), e = number_of(exponent);
  if (!key || !n || !e || RSA_set0_key(key.get(), n.get(), e.get(), nullptr) != 1) return false;
  (void)n.release();  // they are the key's now
  (void)e.release();
  const Digest256 hash = sha256(as_bytes(message));
  return RSA_verify(NID_sha256, hash.data(), static_cast<unsigned int>(hash.size()),
                    signature.data(), static_cast<unsigned int>(signature.size()), key.get()) == 1;
}

}  // namespace latchkey::crypto
