#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// The unavoidable work of seals and tokens: the same bytes through OpenSSL with everything reused,
// static buffers, no checks beyond the MAC, no JSON. SHA states are copied, AES goes through EVP.
namespace latchkey::bench {

class LimitCrypto {
 public:
  LimitCrypto(std::string_view password, std::string_view secret);
  ~LimitCrypto();

  // Fe26.2; both return the size of what they wrote.
  std::size_t seal(std::string_view plain);
  std::size_t unseal(std::string_view sealed);
  std::string_view sealed() const;

  // HS256 over a payload and the fixed header.
  std::size_t sign(std::string_view payload);
  std::size_t verify(std::string_view token);
  std::string_view token() const;

  // AES-256-GCM of a compact JWE: base64url of three parts and one decryption.
  std::size_t decrypt(std::string_view token);
  // A key for each message by two HMACs, AES-256-GCM and base64url.
  std::size_t native_seal(std::string_view content);
  std::size_t native_unseal(std::string_view seal);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey::bench
