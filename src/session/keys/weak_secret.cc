#include <algorithm>
#include <array>
#include <bitset>
#include <string>

#include "latchkey/keyring.h"

namespace latchkey {
namespace {

constexpr std::size_t kMinBytes = 32;
// 32 random hexadecimal digits have fewer different ones once in 10^7 draws.
constexpr std::size_t kMinDifferent = 8;

bool is_separator(char c) noexcept { return c == '-' || c == '_' || c == ' ' || c == '.'; }

// Values that stand in documentation, templates and published breaches; people do copy them.
constexpr std::array<std::string_view, 7> kSamples{
    "complex_password_at_least_32_characters_long",                      // iron-session
    "2gyZ3GDw3LHZQKDhPmPDL3sjREVRXPr8",                                  // iron-session, examples
    "a-string-secret-at-least-256-bits-long",                            // jwt.io
    "cc7e0d44fd473002f1c42167459001140ec6389b7353f8088f4d9a95f2f596f2",  // jose
    "zH4NRP1HMALxxCFnRZABFA7GOJtzU_gIj02alfL1lvI",                       // jose
    "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET",                              // CVE-2023-27524
    // RFC 7515, A.1
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
};

// Words of samples and of what people make up. Six letters and more: 44 random characters of base64
// hold a given one less than once in ten million draws, and random hexadecimal never does.
constexpr std::array<std::string_view, 30> kWords{
    "secret",    "password",   "passphrase", "insecure",   "changeme",    "changethis",
    "changeit",  "replace",    "please",     "generate",   "openssl",     "goeshere",
    "yourkey",   "valuehere",  "keyhere",    "verylong",   "develop",     "production",
    "deploying", "example",    "character",  "atleast",    "keyboardcat", "qwerty",
    "asdfghjk",  "signingkey", "battery",    "loremipsum", "notsecure",   "placeholder"};

// folded drops case and separators, and undoes what is written for a letter: P@$$w0rd.
std::string folded(std::string_view secret) {
  std::string text;
  for (const char c : secret) {
    if (c >= 'A' && c <= 'Z') {
      text.push_back(static_cast<char>(c - 'A' + 'a'));
    } else if (!is_separator(c)) {
      text.push_back(c == '@' ? 'a' : c == '0' ? 'o' : c == '$' ? 's' : c);
    }
  }
  return text;
}

// is_phrase tells whether there are only letters of one case, in words.
bool is_phrase(std::string_view secret) noexcept {
  std::size_t small = 0, capital = 0, separators = 0;
  for (const char c : secret) {
    small += c >= 'a' && c <= 'z' ? 1 : 0;
    capital += c >= 'A' && c <= 'Z' ? 1 : 0;
    separators += is_separator(c) ? 1 : 0;
  }
  return separators > 0 && std::max(small, capital) + separators == secret.size();
}

bool repeats(std::string_view secret) noexcept {
  for (std::size_t period = 1; period <= secret.size() / 2; ++period) {
    if (secret.substr(period) == secret.substr(0, secret.size() - period)) return true;
  }
  return false;
}

std::size_t different_bytes(std::string_view secret) noexcept {
  std::bitset<256> seen;
  for (const char c : secret) seen.set(static_cast<unsigned char>(c));
  return seen.count();
}

// runs tells whether half of the bytes follow the one before them by the same step: abc..., 987...
bool runs(std::string_view secret) noexcept {
  for (const int step : {-1, 1}) {
    std::size_t count = 0;
    for (std::size_t i = 1; i < secret.size(); ++i) {
      const int difference =
          static_cast<unsigned char>(secret[i]) - static_cast<unsigned char>(secret[i - 1]);
      count += difference == step ? 1 : 0;
    }
    if (count * 2 >= secret.size()) return true;
  }
  return false;
}

}  // namespace

std::string_view weak_secret_reason(std::string_view secret) noexcept {
  if (secret.size() < kMinBytes) return "has fewer than 32 bytes";
  if (repeats(secret)) return "repeats a pattern";
  if (different_bytes(secret) < kMinDifferent) return "has too few different characters";
  if (runs(secret)) return "is a sequence";
  if (std::find(kSamples.begin(), kSamples.end(), secret) != kSamples.end()) {
    return "stands in somebody's documentation";
  }
  if (is_phrase(secret)) return "looks like a sample or a phrase";
  const std::string text = folded(secret);
  const bool sample = std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
    return text.find(word) != std::string::npos;
  });
  return sample ? "looks like a sample or a phrase" : "";
}

}  // namespace latchkey
