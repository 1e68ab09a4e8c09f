#include "cli/batch/line.h"

#include "base/utf8.h"

namespace latchkey::codec {

std::optional<BatchLine> BatchLine::parse(std::string_view line) {
  if (!is_utf8(line)) return std::nullopt;  // parts of it are printed
  std::optional<JsonObject> object = JsonObject::parse(line);
  if (!object) return std::nullopt;
  BatchLine parsed;
  parsed.object_ = std::move(*object);
  return parsed;
}

std::optional<std::string> BatchLine::text(std::string_view name) const {
  return text_member(object_, name);
}

std::optional<double> BatchLine::number(std::string_view name) const {
  return number_member(object_, name);
}

std::optional<JsonObject> BatchLine::object(std::string_view name) const {
  const JsonValue* value = find(name);
  return value != nullptr ? JsonObject::parse(value->text) : std::nullopt;
}

std::string BatchLine::answer(bool ok) const {
  std::string out = "{\"id\":";
  const JsonValue* id = find("id");
  append_compact(out, id != nullptr ? id->text : "null");
  out += ok ? ",\"ok\":true" : ",\"ok\":false";
  return out;
}

std::string BatchLine::refuse(std::string_view error, std::string_view message) const {
  std::string out = answer(false);
  append_member(out, "error", error);
  append_member(out, "message", message);
  return out + '}';
}

std::string bad_line() { return R"({"id":null,"ok":false,"error":"bad_input"})"; }

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out.push_back(',');
  append_quoted(out, name);
  out.push_back(':');
  append_quoted(out, text);
}

std::optional<std::string> text_member(const JsonObject& object, std::string_view name) {
  const JsonValue* value = object.find(name);
  return value != nullptr ? json_string(*value) : std::nullopt;
}

std::optional<double> number_member(const JsonObject& object, std::string_view name) {
  const JsonValue* value = object.find(name);
  return value != nullptr ? json_number(*value) : std::nullopt;
}

std::optional<std::vector<std::string>> texts_member(const JsonObject& object,
                                                     std::string_view name) {
  const JsonValue* value = object.find(name);
  const auto elements = value != nullptr ? json_elements(*value) : std::nullopt;
  if (!elements) return std::nullopt;
  std::vector<std::string> texts;
  for (const JsonValue& element : *elements) {
    auto text = json_string(element);
    if (!text) return std::nullopt;
    texts.push_back(*std::move(text));
  }
  return texts;
}

}  // namespace latchkey::codec
