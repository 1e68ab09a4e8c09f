#pragma once

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/base64url.h"
#include "crypto/digest.h"

// A browser that can bind sessions: it has a key and signs challenges, or whatever a test gives it.
namespace latchkey::testing {

inline std::string base64url(std::string_view text) {
  return base64url_encode(crypto::as_bytes(text));
}

class DeviceBrowser {
 public:
  static DeviceBrowser elliptic() { return DeviceBrowser(EVP_EC_gen("P-256"), "ES256"); }
  static DeviceBrowser rsa(unsigned bits = 2048) {
    return DeviceBrowser(EVP_RSA_gen(bits), "RS256");
  }

  const std::string& algorithm() const noexcept { return algorithm_; }
  // jwk is the public key as JSON.
  std::string jwk() const {
    if (algorithm_ == "RS256") {
      return R"({"kty":"RSA","n":")" + base64url(number(OSSL_PKEY_PARAM_RSA_N)) + R"(","e":")" +
             base64url(number(OSSL_PKEY_PARAM_RSA_E)) + "\"}";
    }
    return R"({"kty":"EC","crv":"P-256","x":")" + base64url(x()) + R"(","y":")" + base64url(y()) +
           "\"}";
  }
  std::string x() const { return point().substr(0, 32); }
  std::string y() const { return point().substr(32); }

  // sign returns the octets of a JWS signature: of ES256 r and s.
  std::string sign(std::string_view message) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    std::size_t size = 0;
    const auto* data = reinterpret_cast<const unsigned char*>(message.data());
    EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get());
    EVP_DigestSign(context.get(), nullptr, &size, data, message.size());
    std::string signature(size, '\0');
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data,
                   message.size());
    signature.resize(size);
    return algorithm_ == "ES256" ? flat(signature) : signature;
  }
  std::string jws(std::string_view header, std::string_view payload) const {
    const std::string message = base64url(header) + "." + base64url(payload);
    return message + "." + base64url(sign(message));
  }
  std::string registration(std::string_view challenge) const {
    return jws(header_with_key(), payload_of(challenge));
  }
  std::string refresh(std::string_view challenge) const {
    return jws(R"({"alg":")" + algorithm_ + R"(","typ":"dbsc+jwt"})", payload_of(challenge));
  }
  std::string header_with_key() const {
    return R"({"alg":")" + algorithm_ + R"(","jwk":)" + jwk() + R"(,"typ":"dbsc+jwt"})";
  }
  static std::string payload_of(std::string_view challenge) {
    return R"({"jti":")" + std::string(challenge) + "\"}";
  }

 private:
  DeviceBrowser(EVP_PKEY* key, std::string algorithm)
      : key_(key, EVP_PKEY_free), algorithm_(std::move(algorithm)) {}

  std::string number(const char* name) const {
    BIGNUM* read = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &read);
    std::string octets(static_cast<std::size_t>(BN_num_bytes(read)), '\0');
    BN_bn2bin(read, reinterpret_cast<unsigned char*>(octets.data()));
    BN_free(read);
    return octets;
  }
  std::string point() const {
    std::array<unsigned char, 65> octets{};
    std::size_t size = 0;
    EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, octets.data(),
                                    octets.size(), &size);
    return {reinterpret_cast<const char*>(octets.data()) + 1, 64};
  }
  static std::string flat(const std::string& der) {
    const auto* data = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* read = d2i_ECDSA_SIG(nullptr, &data, static_cast<long>(der.size()));
    std::string out(64, '\0');
    auto* const to = reinterpret_cast<unsigned char*>(out.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(read), to, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(read), to + 32, 32);
    ECDSA_SIG_free(read);
    return out;
  }

  std::shared_ptr<EVP_PKEY> key_;
  std::string algorithm_;
};

}  // namespace latchkey::testing
