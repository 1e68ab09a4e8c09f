#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::codec {

// JSON as text: checked against RFC 8259 once, then carried and quoted, never turned into a tree.
// What JSON.parse takes is taken here, too: repeated names (the last counts), escaped lone
// surrogates, numbers of any size. The strict reader is json.h.

enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object };

// JsonValue is a checked value; `text` points into the checked text.
struct JsonValue {
  JsonKind kind = JsonKind::null;
  std::string_view text;
};

struct JsonMember {
  std::string_view name;  // between the quotes, escapes not resolved
  JsonValue value;
};

inline constexpr std::size_t kMaxJsonDepth = 512;

// scan_json returns the value `text` consists of, or nothing when it is not JSON or nested deeper
// than `max_depth` (at most kMaxJsonDepth). `members`, if given, receives the members of a
// top-level object in order. UTF-8 is not checked. No recursion.
std::optional<JsonValue> scan_json(std::string_view text, std::size_t max_depth = kMaxJsonDepth,
                                   std::vector<JsonMember>* members = nullptr);

// JsonObject is a checked top-level object.
class JsonObject {
 public:
  static std::optional<JsonObject> parse(std::string_view text,
                                         std::size_t max_depth = kMaxJsonDepth);
  // find returns the last member called `name`, or nullptr.
  const JsonValue* find(std::string_view name) const noexcept;
  bool has_duplicates() const;
  const std::vector<JsonMember>& members() const noexcept { return members_; }

 private:
  std::vector<JsonMember> members_;
};

// json_string resolves the escapes of a string value; a lone surrogate becomes its three bytes of
// generalised UTF-8. Nothing for other kinds.
std::optional<std::string> json_string(const JsonValue& value);
// json_equals tells whether `value` is the string `text`.
bool json_equals(const JsonValue& value, std::string_view text);
// json_name resolves the escapes of a member's name.
std::string json_name(const JsonMember& member);
// json_name_equals tells whether a member is called `name`.
bool json_name_equals(const JsonMember& member, std::string_view name);
// json_number reads a number; beyond the range of double it is infinite or zero, as in JavaScript.
std::optional<double> json_number(const JsonValue& value) noexcept;
// json_elements lists the elements of an array; nothing for other kinds.
std::optional<std::vector<JsonValue>> json_elements(const JsonValue& value);

// append_quoted appends `text` in quotes, escaped as JSON.stringify does: half of a surrogate pair,
// which came out of an escape and has no UTF-8, becomes that escape again.
void append_quoted(std::string& out, std::string_view text);
// append_compact appends checked JSON without the blanks between its tokens; a number beyond
// double, which JSON.stringify could not write, becomes null.
void append_compact(std::string& out, std::string_view json);

}  // namespace latchkey::codec
