// The deprecated one-shot calls are the cheapest SHA-256 OpenSSL has, which is what a limit needs.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "bench/limit_table.h"

#include <openssl/sha.h>

#include <bit>

#include "bench/harness.h"

namespace latchkey::bench {
namespace {

std::array<unsigned char, 32> digest(std::string_view token) {
  SHA256_CTX context;
  std::array<unsigned char, 32> out;
  SHA256_Init(&context);
  SHA256_Update(&context, token.data(), token.size());
  SHA256_Final(out.data(), &context);
  return out;
}

std::uint64_t first_word(const std::array<unsigned char, 32>& key) {
  std::uint64_t word;
  std::memcpy(&word, key.data(), sizeof word);
  return word;
}

}  // namespace

LimitTable::LimitTable(std::uint64_t rows) : slots_(std::bit_ceil(rows * 2)) {}

void LimitTable::put(std::string_view token, std::int64_t expires_at) {
  const auto key = digest(token);
  std::uint64_t at = first_word(key) & (slots_.size() - 1);
  while (slots_[at].expires_at != 0) at = (at + 1) & (slots_.size() - 1);
  slots_[at].key = key;
  slots_[at].expires_at = expires_at;
}

std::int64_t LimitTable::find(std::string_view token) const {
  const auto key = digest(token);
  std::uint64_t at = first_word(key) & (slots_.size() - 1);
  while (slots_[at].key != key) {
    if (slots_[at].expires_at == 0) return 0;
    at = (at + 1) & (slots_.size() - 1);
  }
  return slots_[at].expires_at;
}

}  // namespace latchkey::bench
