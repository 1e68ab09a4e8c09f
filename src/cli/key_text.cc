#include "cli/key_text.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/base64url_into.h"
#include "base/text.h"

namespace latchkey::cli {
namespace {

std::optional<SecretBytes> decode_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  SecretBytes bytes(text.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.mutable_bytes()[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return bytes;
}

std::optional<SecretBytes> decode_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string url{text};
  std::replace(url.begin(), url.end(), '+', '-');
  std::replace(url.begin(), url.end(), '/', '_');
  std::vector<std::uint8_t> bytes(url.size() + 4);
  const auto decoded = base64url_decode_into(url, bytes.data());
  std::optional<SecretBytes> key;
  if (decoded.form == Base64urlForm::canonical) {
    key.emplace(std::span<const std::uint8_t>(bytes).first(decoded.size));
  }
  wipe(url.data(), url.size());
  wipe(bytes.data(), bytes.size());
  return key;
}

}  // namespace

std::optional<SecretBytes> decode_key(std::string_view text, std::string_view format) {
  if (format == "hex") return decode_hex(text);
  if (format == "base64") return decode_base64(text);
  return SecretBytes{text};
}

}  // namespace latchkey::cli
