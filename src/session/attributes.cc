#include "session/attributes.h"

#include <algorithm>

#include "base/utf8.h"
#include "codec/json/json.h"
#include "latchkey/record.h"

namespace latchkey::session {
namespace {

using codec::Json;

Result<Json> parse_object(std::string_view text) {
  if (text.empty()) return Json{Json::Object{}};
  if (text.size() > kMaxAttributesBytes) {
    return Error{Errc::too_large,
                 "attributes are over " + std::to_string(kMaxAttributesBytes) + " bytes of JSON"};
  }
  auto value = codec::parse_json(text);
  if (!value || value->object() == nullptr) {
    return Error{Errc::invalid_argument, "attributes must be one JSON object in UTF-8"};
  }
  return std::move(*value);
}

Result<std::string> print(const Json& value) {
  if (value.object()->empty()) return std::string();
  std::string text = codec::write_json(value);
  if (text.size() > kMaxAttributesBytes) {
    return Error{Errc::too_large, "attributes would grow to " + std::to_string(text.size()) +
                                      " bytes; the limit is " +
                                      std::to_string(kMaxAttributesBytes)};
  }
  return text;
}

}  // namespace

Result<std::string> checked_attributes(std::string_view text) {
  auto value = parse_object(text);
  if (!value) return value.error();
  return print(*value);
}

Result<std::string> patched_attributes(std::string_view current, std::string_view patch) {
  auto value = parse_object(current);
  if (!value) return value.error();
  auto change = parse_object(patch);
  if (!change) return change.error();
  codec::merge_patch(*value, *change);
  return print(*value);
}

Result<std::string> edited_attributes(std::string_view current,
                                      std::span<const AttributeEdit> edits) {
  auto value = parse_object(current);
  if (!value) return value.error();
  auto& members = std::get<Json::Object>(value->value);
  for (const AttributeEdit& edit : edits) {
    const auto named = [&](const Json::Member& member) { return member.name == edit.name; };
    if (!edit.json) {
      std::erase_if(members, named);
      continue;
    }
    auto next = codec::parse_json(*edit.json);
    if (edit.name.empty() || !is_utf8(edit.name) || !next ||
        std::holds_alternative<std::nullptr_t>(next->value)) {
      return Error{Errc::invalid_argument,
                   "an attribute needs a name in UTF-8 and a JSON value that is not null"};
    }
    const auto found = std::find_if(members.begin(), members.end(), named);
    if (found != members.end()) {
      found->value = std::move(*next);
    } else {
      members.push_back({edit.name, std::move(*next)});
    }
  }
  return print(*value);
}

Result<std::string> carried_attributes(std::string_view current,
                                       std::span<const std::string> names) {
  auto value = parse_object(current);
  if (!value) return value.error();
  std::erase_if(std::get<Json::Object>(value->value), [&](const Json::Member& member) {
    return std::find(names.begin(), names.end(), member.name) == names.end();
  });
  return print(*value);
}

}  // namespace latchkey::session
