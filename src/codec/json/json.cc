// The only file that includes Boost.JSON: its event parser feeds the small value type of json.h.
#include "codec/json/json.h"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>

#include "base/text.h"

namespace latchkey::codec {
namespace {

namespace bj = boost::json;
using bj::error_code;

// Up to this many names are compared each with each, which costs less than sorting them.
constexpr std::size_t kFewMembers = 16;

bool are_few_and_distinct(const Json::Object& members) noexcept {
  if (members.size() > kFewMembers) return false;
  for (std::size_t i = 1; i < members.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (members[i].name == members[j].name) return false;
    }
  }
  return true;
}

// settle_repeated sees to names that come more than once: false if that is refused, otherwise the
// first place gets the last value, as in JavaScript. The names are sorted, because whoever sends
// the text decides how many there are.
bool settle_repeated(Json::Object& members, bool last_wins) {
  if (are_few_and_distinct(members)) return true;
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int names = members[a].name.compare(members[b].name);
    return names != 0 ? names < 0 : a < b;
  });
  std::vector<bool> dropped(members.size());
  bool repeated = false;
  for (std::size_t i = 1, first = 0; i < order.size(); ++i) {
    if (members[order[i]].name != members[order[first]].name) {
      first = i;
      continue;
    }
    repeated = true;
    if (!last_wins) return false;
    members[order[first]].value = std::move(members[order[i]].value);
    dropped[order[i]] = true;
  }
  if (!repeated) return true;
  std::size_t index = 0;
  std::erase_if(members, [&](const Json::Member&) { return dropped[index++]; });
  return true;
}

class Builder {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  explicit Builder(bool last_duplicate_wins) : last_duplicate_wins_(last_duplicate_wins) {}

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return open(Json{Json::Object{}}); }
  bool on_object_end(std::size_t, error_code& ec) {
    if (settle_repeated(std::get<Json::Object>(stack_.back()->value), last_duplicate_wins_)) {
      return close();
    }
    ec = bj::error::syntax;
    return false;
  }
  bool on_array_begin(error_code&) { return open(Json{Json::Array{}}); }
  bool on_array_end(std::size_t, error_code&) { return close(); }
  bool on_key_part(bj::string_view part, std::size_t, error_code&) { return append(part); }
  bool on_key(bj::string_view part, std::size_t, error_code&) {
    append(part);
    auto& members = std::get<Json::Object>(stack_.back()->value);
    slot_ = &members.emplace_back(Json::Member{std::move(text_), Json{}}).value;
    text_.clear();
    return true;
  }
  bool on_string_part(bj::string_view part, std::size_t, error_code&) { return append(part); }
  bool on_string(bj::string_view part, std::size_t, error_code&) {
    append(part);
    place().value = std::move(text_);
    text_.clear();
    return true;
  }
  bool on_number_part(bj::string_view, error_code&) { return true; }
  bool on_int64(std::int64_t number, bj::string_view, error_code&) { return scalar(number); }
  bool on_uint64(std::uint64_t number, bj::string_view, error_code&) {
    return scalar(static_cast<double>(number));
  }
  bool on_double(double number, bj::string_view text, error_code&) {
    // Boost does not round every number to the nearest double; out of range its answer stands.
    std::from_chars(text.data(), text.data() + text.size(), number);
    return scalar(number);
  }
  bool on_bool(bool value, error_code&) { return scalar(value); }
  bool on_null(error_code&) { return scalar(nullptr); }
  bool on_comment_part(bj::string_view, error_code&) { return true; }
  bool on_comment(bj::string_view, error_code&) { return true; }

  Json take() { return std::move(root_); }

 private:
  bool append(bj::string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }
  // Where the next value goes: the root, the member just named, or the end of the open array.
  Json& place() {
    if (stack_.empty()) return root_;
    if (auto* array = std::get_if<Json::Array>(&stack_.back()->value)) return array->emplace_back();
    return *slot_;
  }
  template <class T>
  bool scalar(T value) {
    place().value = value;
    return true;
  }
  bool open(Json empty) {
    Json& at = place();
    at = std::move(empty);
    stack_.push_back(&at);
    return true;
  }
  bool close() {
    stack_.pop_back();
    return true;
  }

  bool last_duplicate_wins_;
  Json root_;
  std::vector<Json*> stack_;  // stable: a container is not touched while a child of it is open
  Json* slot_ = nullptr;
  std::string text_;
};

// Number::toString of ECMA-262 for a finite double.
void append_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  if (number == 0) {
    out += '0';
    return;
  }
  std::array<char, 40> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                 std::chars_format::scientific);
  std::string_view text(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
  if (text.front() == '-') {
    out += '-';
    text.remove_prefix(1);
  }
  const std::size_t e = text.find('e');
  std::string digits(text.substr(0, e));
  std::erase(digits, '.');
  int exponent = 0;
  const std::string_view exponent_text = text.substr(e + (text[e + 1] == '+' ? 2 : 1));
  std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // digits before the decimal point
  if (count <= point && point <= 21) {
    out.append(digits).append(static_cast<std::size_t>(point - count), '0');
  } else if (0 < point && point <= 21) {
    out.append(digits, 0, static_cast<std::size_t>(point)).append(1, '.');
    out.append(digits, static_cast<std::size_t>(point));
  } else if (-6 < point && point <= 0) {
    out.append("0.").append(static_cast<std::size_t>(-point), '0').append(digits);
  } else {
    out += digits.front();
    if (count > 1) out.append(1, '.').append(digits, 1);
    out.append(exponent < 0 ? "e-" : "e+").append(std::to_string(std::abs(exponent)));
  }
}

}  // namespace

const Json* Json::find(std::string_view name) const noexcept {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  for (const Member& member : *members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

bool operator==(const Json& a, const Json& b) { return a.value == b.value; }

std::optional<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  bj::parse_options options;
  options.max_depth = limits.max_depth;
  bj::basic_parser<Builder> parser(options, limits.last_duplicate_wins);
  error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (ec || used != text.size() || !parser.done()) return std::nullopt;
  return parser.handler().take();
}

namespace {

void append_escape(std::string& out, char c) {
  static constexpr std::string_view kShort = "\"\"\\\\\bb\ff\nn\rr\tt";
  for (std::size_t i = 0; i < kShort.size(); i += 2) {
    if (kShort[i] != c) continue;
    out.append(1, '\\').append(1, kShort[i + 1]);
    return;
  }
  out.append("\\u00").append(1, kHexDigits[c >> 4 & 15]).append(1, kHexDigits[c & 15]);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t done = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    // What needs no escape, nearly always all of it, goes out in one piece.
    out.append(text, done, at - done);
    append_escape(out, c);
    done = at + 1;
  }
  out.append(text, done).append(1, '"');
}

void append_json(std::string& out, const Json& value) {
  if (const auto* boolean = value.boolean()) {
    out += *boolean ? "true" : "false";
  } else if (const auto* integer = value.integer()) {
    out += std::to_string(*integer);
  } else if (const auto* number = std::get_if<double>(&value.value)) {
    append_number(out, *number);
  } else if (const auto* string = value.string()) {
    append_json_string(out, *string);
  } else if (const auto* array = value.array()) {
    out += '[';
    for (const Json& element : *array) {
      if (&element != array->data()) out += ',';
      append_json(out, element);
    }
    out += ']';
  } else if (const auto* object = value.object()) {
    out += '{';
    for (const Json::Member& member : *object) {
      if (&member != object->data()) out += ',';
      append_json_string(out, member.name);
      out += ':';
      append_json(out, member.value);
    }
    out += '}';
  } else {
    out += "null";
  }
}

std::string write_json(const Json& value) {
  std::string out;
  append_json(out, value);
  return out;
}

void merge_patch(Json& target, const Json& patch) {
  const Json::Object* changes = patch.object();
  if (changes == nullptr) {
    target = patch;
    return;
  }
  if (target.object() == nullptr) target.value = Json::Object{};
  auto& members = std::get<Json::Object>(target.value);
  members.reserve(members.size() + changes->size());  // the index holds views of the names
  std::map<std::string_view, std::size_t> index;
  for (std::size_t i = 0; i < members.size(); ++i) index.emplace(members[i].name, i);
  std::vector<bool> removed(members.size() + changes->size());
  for (const Json::Member& change : *changes) {
    const auto at = index.find(change.name);
    if (std::holds_alternative<std::nullptr_t>(change.value.value)) {
      if (at == index.end()) continue;
      removed[at->second] = true;
      index.erase(at);
    } else if (at != index.end()) {
      merge_patch(members[at->second].value, change.value);
    } else {
      members.push_back({change.name, Json{}});
      merge_patch(members.back().value, change.value);
      index.emplace(members.back().name, members.size() - 1);
    }
  }
  std::size_t place = 0;
  std::erase_if(members, [&](const Json::Member&) { return removed[place++]; });
}

}  // namespace latchkey::codec
