#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json/text.h"

namespace latchkey::codec {

// BatchLine is a parsed request.
class BatchLine {
 public:
  // parse keeps views into `line`.
  static std::optional<BatchLine> parse(std::string_view line);

  const JsonValue* find(std::string_view name) const noexcept { return object_.find(name); }
  std::optional<std::string> text(std::string_view name) const;
  std::optional<double> number(std::string_view name) const;
  std::optional<JsonObject> object(std::string_view name) const;

  // answer starts an answer with the request's id; finish it with members and a brace.
  std::string answer(bool ok) const;
  std::string refuse(std::string_view error, std::string_view message) const;

 private:
  JsonObject object_;
};

std::string bad_line();
void append_member(std::string& out, std::string_view name, std::string_view text);

// member helpers for nested options; nothing when a member is missing or of another kind.
std::optional<std::string> text_member(const JsonObject& object, std::string_view name);
std::optional<double> number_member(const JsonObject& object, std::string_view name);
std::optional<std::vector<std::string>> texts_member(const JsonObject& object,
                                                     std::string_view name);

}  // namespace latchkey::codec
