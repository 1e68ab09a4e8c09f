#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace latchkey::codec {

// Json is one JSON value. Members keep their order. Integers that fit stay exact; other numbers are
// doubles, as in JavaScript.
struct Json {
  using Array = std::vector<Json>;
  struct Member;
  using Object = std::vector<Member>;
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object> value;

  const std::string* string() const noexcept { return std::get_if<std::string>(&value); }
  const bool* boolean() const noexcept { return std::get_if<bool>(&value); }
  const std::int64_t* integer() const noexcept { return std::get_if<std::int64_t>(&value); }
  const Array* array() const noexcept { return std::get_if<Array>(&value); }
  const Object* object() const noexcept { return std::get_if<Object>(&value); }
  // find returns the member `name` of an object, or nullptr.
  const Json* find(std::string_view name) const noexcept;
  friend bool operator==(const Json&, const Json&);
};

struct Json::Member {
  std::string name;
  Json value;
  bool operator==(const Member&) const = default;
};
bool operator==(const Json& a, const Json& b);

struct JsonLimits {
  std::size_t max_depth = 16;
  bool last_duplicate_wins = false;  // as JavaScript does; otherwise a repeated name is refused
};

// parse_json reads exactly one RFC 8259 value: UTF-8 without a byte order mark, no comments, no
// trailing text, within the limits. Nothing else is JSON.
std::optional<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

// write_json prints without blanks; numbers as JavaScript prints them, '"' '\' and control
// characters escaped.
std::string write_json(const Json& value);
void append_json(std::string& out, const Json& value);
// append_json_string appends `text`, which must be UTF-8, as a quoted JSON string.
void append_json_string(std::string& out, std::string_view text);

// merge_patch applies RFC 7396 to `target`.
void merge_patch(Json& target, const Json& patch);

}  // namespace latchkey::codec
