// Two decoders agree on what is canonical; what decodes encodes to the same text, and any bytes
// come back.

#include "base/base64url.h"

#include <string>

#include "base/base64url_into.h"
#include "fuzz/fuzz.h"

using latchkey::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = latchkey::fuzz::as_text(data, size);
  const auto plain = latchkey::base64url_decode(text);
  std::string into(size / 4 * 3 + 3, '\0');
  const auto decoded =
      latchkey::base64url_decode_into(text, reinterpret_cast<std::uint8_t*>(into.data()));
  require(plain.has_value() == (decoded.form == latchkey::Base64urlForm::canonical));
  if (plain) {
    require(latchkey::base64url_encode(*plain) == text);
    require(std::string(plain->begin(), plain->end()) == into.substr(0, decoded.size));
  }
  const std::string encoded = latchkey::base64url_encode({data, size});
  std::string fast(latchkey::base64url_size(size), '\0');
  latchkey::base64url_encode_into({data, size}, fast.data());
  require(encoded == fast);
  const auto back = latchkey::base64url_decode(encoded);
  require(back && std::string(back->begin(), back->end()) == text);
  return 0;
}
