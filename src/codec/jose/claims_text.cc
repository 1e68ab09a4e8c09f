#include "codec/jose/claims_text.h"

#include "codec/json/text.h"

namespace latchkey::codec {

std::optional<std::string> with_claims(std::string_view claims,
                                       std::initializer_list<ClaimText> added) {
  const std::optional<JsonObject> object = JsonObject::parse(claims);
  if (!object) return std::nullopt;
  std::string out = "{";
  const auto separate = [&] {
    if (out.size() > 1) out.push_back(',');
  };
  for (const JsonMember& member : object->members()) {
    bool replaced = false;
    for (const auto& [name, value] : added) replaced = replaced || json_name_equals(member, name);
    if (replaced) continue;
    separate();
    out += '"';
    out += member.name;
    out += "\":";
    append_compact(out, member.value.text);
  }
  for (const auto& [name, value] : added) {
    separate();
    append_quoted(out, name);
    out += ':' + value;
  }
  out.push_back('}');
  return out;
}

}  // namespace latchkey::codec
