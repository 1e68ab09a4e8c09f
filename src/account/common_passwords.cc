#include "account/common_passwords.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/base64url.h"
#include "crypto/digest.h"
#include "latchkey/secret.h"

namespace latchkey::account {
namespace {

// The digests are sorted: the differences stand there, seven bits an octet, the lowest first.
std::vector<std::uint32_t> read_digests() {
  std::vector<std::uint32_t> digests;
  digests.reserve(kCommonPasswords);
  const auto octets = base64url_decode(kCommonPasswordDigests);
  if (!octets) return digests;
  std::uint32_t value = 0, step = 0;
  unsigned shift = 0;
  for (const std::uint8_t octet : *octets) {
    step |= static_cast<std::uint32_t>(octet & 0x7fU) << shift;
    shift += 7;
    if ((octet & 0x80U) != 0) continue;
    digests.push_back(value += step);
    step = shift = 0;
  }
  return digests;
}

bool is_listed(std::string_view folded) {
  static const std::vector<std::uint32_t> kDigests = read_digests();
  const crypto::Digest256 digest = crypto::sha256(crypto::as_bytes(folded));
  std::uint32_t first = 0;
  for (std::size_t i = 0; i < sizeof first; ++i) first = first << 8 | digest[i];
  return std::binary_search(kDigests.begin(), kDigests.end(), first);
}

// The last repetition may be cut off.
bool is_repetition(std::string_view text) noexcept {
  constexpr std::size_t kLongestUnit = 10;
  for (std::size_t unit = 1; unit <= kLongestUnit && 2 * unit <= text.size(); ++unit) {
    if (text.substr(unit) == text.substr(0, text.size() - unit)) return true;
  }
  return false;
}

bool is_row(std::string_view text) noexcept {
  if (text.size() < 2) return false;
  const int step = text[1] - text[0];
  if (step != 1 && step != -1) return false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] - text[i - 1] != step) return false;
  }
  return true;
}

bool is_of_word(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         (static_cast<unsigned char>(c) & 0x80U);
}

// words_of returns each text and its parts, the longest first.
std::vector<std::string_view> words_of(std::span<const std::string> context) {
  constexpr std::size_t kLeastWord = 4;
  std::vector<std::string_view> words;
  for (const std::string& text : context) {
    words.emplace_back(text);
    for (auto end = text.begin(); end != text.end();) {
      const auto begin = std::find_if(end, text.end(), is_of_word);
      end = std::find_if_not(begin, text.end(), is_of_word);
      words.emplace_back(begin, end);
    }
  }
  std::erase_if(words, [](std::string_view word) { return word.size() < kLeastWord; });
  std::sort(words.begin(), words.end(),
            [](std::string_view a, std::string_view b) { return a.size() > b.size(); });
  return words;
}

}  // namespace

bool is_common_password(std::string_view folded) {
  return is_repetition(folded) || is_row(folded) || is_listed(folded);
}

bool is_about(std::string_view folded, std::span<const std::string> context) {
  constexpr std::ptrdiff_t kLeastRest = 8;
  std::string rest(folded);
  bool found = false;
  for (const std::string_view word : words_of(context)) {
    for (std::size_t at = rest.find(word); at != std::string::npos; at = rest.find(word, at)) {
      found = true;
      rest.replace(at, word.size(), " ");  // so that what stands around it makes no word
    }
  }
  const auto left = std::count_if(rest.begin(), rest.end(), is_of_word);
  wipe(rest.data(), rest.size());
  return found && left < kLeastRest;
}

}  // namespace latchkey::account
