// Run under valgrind: keys and secrets are marked undefined, so that a branch or an address that
// depends on one is an error. `--control` compares a secret the wrong way, which must be found.

#include <valgrind/memcheck.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <string>

#include "base/base64url.h"
#include "base/declassify.h"
#include "codec/jose/jwe.h"
#include "codec/jose/jws.h"
#include "codec/seal/fe26.h"
#include "crypto/aes.h"
#include "crypto/digest.h"
#include "crypto/hmac_key.h"
#include "latchkey/secret.h"
#include "session/mint.h"

namespace latchkey {
namespace {

int failures = 0;
void expect(bool holds, const char* what) {
  if (holds) return;
  std::printf("wrong answer: %s\n", what);
  ++failures;
}

void classify(std::string& secret) { VALGRIND_MAKE_MEM_UNDEFINED(secret.data(), secret.size()); }

crypto::Bytes view(const std::string& text) { return crypto::as_bytes(text); }

void compare() {
  std::string a(32, 'a'), b(32, 'a'), c(32, 'a');
  c.back() = 'b';
  classify(a);
  classify(b);
  classify(c);
  expect(declassified(equal_ct(view(a), view(b))), "equal");
  expect(!declassified(equal_ct(view(a), view(c))), "unequal");
}

// A token is checked by the hash of its secret. The first character tells whether there is one.
SecretHash hash_of(char filling) {
  const SessionId id = *SessionId::parse(std::string(SessionId::kLength, 'i'));
  const SessionToken token =
      *SessionToken::assemble(id, std::string(SessionToken::kSecretLength, filling));
  const std::string_view secret = token.insecure_secret();
  VALGRIND_MAKE_MEM_UNDEFINED(secret.data() + 1, secret.size() - 1);
  return session::hash_secret(token);
}

void token() {
  SecretHash kept = hash_of('s');
  VALGRIND_MAKE_MEM_UNDEFINED(&kept, sizeof kept);
  expect(session::same_secret(hash_of('s'), kept), "token");
  expect(!session::same_secret(hash_of('t'), kept), "other token");
}

void signature() {
  for (const crypto::Hash hash :
       {crypto::Hash::sha256, crypto::Hash::sha384, crypto::Hash::sha512}) {
    std::string key(64, 'k'), token = "header.payload";
    codec::append_jws_mac(token, crypto::HmacKey{hash, view(key)});
    const std::string good = token.substr(token.rfind('.') + 1);
    std::string bad = good;
    bad[3] = bad[3] == 'A' ? 'B' : 'A';
    classify(key);
    const crypto::HmacKey secret{hash, view(key)};
    expect(codec::check_jws_mac("header.payload", good, secret), "signature");
    expect(!codec::check_jws_mac("header.payload", bad, secret), "bad signature");
  }
}

void derivation() {
  std::string password(40, 'p');
  std::array<std::uint8_t, 32> expected, derived;
  crypto::pbkdf2(crypto::HmacKey{crypto::Hash::sha1, view(password)}, view("salt"), 2, expected);
  classify(password);
  crypto::pbkdf2(crypto::HmacKey{crypto::Hash::sha1, view(password)}, view("salt"), 2, derived);
  expect(declassified(equal_ct(expected, derived)), "derivation");
}

void padding() {
  for (unsigned pad = 0; pad <= 255; ++pad) {
    std::string block(32, static_cast<char>(pad));
    classify(block);
    const auto length = crypto::pkcs7_length(view(block));
    expect(length.has_value() == (pad >= 1 && pad <= 16), "padding");
    if (length) expect(*length == 32 - pad, "length of the padding");
  }
}

codec::Fe26Ring ring_of(const std::string& key) {
  codec::Fe26Ring ring;
  ring.any_id = true;
  ring.passwords.emplace_back(SealPassword{"", SealSecret::raw_key(view(key))});
  return ring;
}

void seal() {
  std::string key(32, 'k');
  const codec::Fe26Options options;
  const std::string json = R"({"user":{"id":1}})";
  const std::string good =
      *codec::fe26_seal(json, ring_of(key).passwords.front(), options, 0, system_entropy());
  std::string bad = good;
  bad[30] = bad[30] == 'A' ? 'B' : 'A';
  classify(key);
  const codec::Fe26Ring ring = ring_of(key);
  const codec::Fe26Result opened = codec::fe26_unseal(good, ring, options, 0);
  expect(opened.opened && opened.opened->json == json, "seal");
  expect(!codec::fe26_unseal(bad, ring, options, 0).opened, "bad seal");
}

void encrypted_token() {
  std::string key(64, 'k');
  const codec::JweEncryption& encryption = *codec::find_jwe_encryption("A256CBC-HS512");
  const std::string token =
      *codec::jwe_compact(encryption, view(key), "header", "claims", system_entropy());
  const std::size_t iv_at = token.find("..") + 2, cipher_at = token.find('.', iv_at) + 1;
  const std::size_t tag_at = token.find('.', cipher_at) + 1;
  const auto iv = *base64url_decode(token.substr(iv_at, cipher_at - 1 - iv_at));
  const auto cipher = *base64url_decode(token.substr(cipher_at, tag_at - 1 - cipher_at));
  auto tag = *base64url_decode(token.substr(tag_at));
  classify(key);
  auto plain = codec::jwe_decrypt_content(encryption, view(key), {iv, cipher, tag, "header"});
  expect(plain.has_value(), "encrypted token");
  tag[0] ^= 1;
  plain = codec::jwe_decrypt_content(encryption, view(key), {iv, cipher, tag, "header"});
  expect(!plain, "bad encrypted token");
}

bool compare_wrongly() {
  std::string a(32, 'a'), b(32, 'a');
  classify(a);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

}  // namespace
}  // namespace latchkey

int main(int argc, char** argv) {
  using namespace latchkey;
  if (RUNNING_ON_VALGRIND == 0) {
    std::puts("run this under valgrind");
    return 1;
  }
  if (argc > 1 && std::strcmp(argv[1], "--control") == 0) return compare_wrongly() ? 0 : 1;
  compare();
  token();
  signature();
  derivation();
  padding();
  seal();
  encrypted_token();
  return failures == 0 ? 0 : 1;
}
