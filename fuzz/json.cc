// What the strict reader takes, the forgiving one takes; printing and reading again changes
// nothing, and neither does taking out blanks.

#include "codec/json/json.h"

#include <string>

#include "codec/json/text.h"
#include "codec/text/decode.h"
#include "fuzz/fuzz.h"

using latchkey::fuzz::require;
namespace codec = latchkey::codec;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = latchkey::fuzz::as_text(data, size);
  const auto scanned = codec::scan_json(text);
  if (const auto strict = codec::parse_json(text)) {
    require(scanned.has_value());
    const std::string printed = codec::write_json(*strict);
    const auto again = codec::parse_json(printed);
    require(again && codec::write_json(*again) == printed);
  }
  if (scanned) {
    std::string compact, twice;
    codec::append_compact(compact, scanned->text);
    require(codec::scan_json(compact).has_value());
    codec::append_compact(twice, compact);
    require(compact == twice && compact.size() <= std::max<std::size_t>(text.size(), 4));
  }
  if (const auto object = codec::JsonObject::parse(text)) {
    for (const codec::JsonMember& member : object->members()) {
      require(codec::scan_json(member.value.text).has_value());
      require(object->find(codec::json_name(member)) != nullptr);
    }
  }
  std::string storage, quoted;
  const std::string_view decoded = codec::decode_utf8_lossy(text, storage);
  require(codec::decode_utf8(decoded).has_value());
  codec::append_quoted(quoted, decoded);
  const auto value = codec::scan_json(quoted);
  require(value && codec::json_string(*value) == std::string{decoded});
  // Halves of a pair that stand side by side in bytes become one character: JSON, but another text.
  std::string raw;
  codec::append_quoted(raw, text);
  require(codec::scan_json(raw).has_value());
  return 0;
}
