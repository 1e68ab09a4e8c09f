#include "codec/json/text.h"

#include <algorithm>
#include <bitset>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <system_error>

#include "base/text.h"

namespace latchkey::codec {
namespace {

bool is_json_blank(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_hex(char c) noexcept { return hex_value(c) >= 0; }

// plain_run returns how many of the eight bytes at `p` come before a quote, backslash or control.
unsigned plain_run(const char* p) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101U, kHigh = 0x8080808080808080U;
  std::uint64_t w;
  std::memcpy(&w, p, 8);
  const auto zero = [](std::uint64_t v) { return (v - kOnes) & ~v & kHigh; };
  const std::uint64_t stop =
      zero(w ^ (kOnes * '"')) | zero(w ^ (kOnes * '\\')) | ((w - kOnes * 0x20) & ~w & kHigh);
  // A borrow can only raise a false mark above a true one, so the lowest mark is exact.
  return stop == 0 ? 8 : static_cast<unsigned>(__builtin_ctzll(stop)) / 8;
}

class Scanner {
 public:
  Scanner(std::string_view text, std::size_t max_depth, std::vector<JsonMember>* members)
      : p_(text.data()),
        end_(p_ + text.size()),
        max_depth_(std::min(max_depth, kMaxJsonDepth)),
        members_(members) {}

  std::optional<JsonValue> run() {
    skip_blanks();
    const char* const start = p_;
    const JsonKind kind = kind_here();
    if (!value()) return std::nullopt;
    while (depth_ > 0) {
      if (!next()) return std::nullopt;
    }
    const char* const stop = p_;
    skip_blanks();
    if (p_ != end_) return std::nullopt;
    return JsonValue{kind, {start, static_cast<std::size_t>(stop - start)}};
  }

 private:
  bool at(char c) const noexcept { return p_ != end_ && *p_ == c; }
  void skip_blanks() noexcept {
    while (p_ != end_ && is_json_blank(*p_)) ++p_;
  }

  JsonKind kind_here() const noexcept {
    switch (p_ == end_ ? '\0' : *p_) {
      case '{':
        return JsonKind::object;
      case '[':
        return JsonKind::array;
      case '"':
        return JsonKind::string;
      case 't':
      case 'f':
        return JsonKind::boolean;
      case 'n':
        return JsonKind::null;
      default:
        return JsonKind::number;
    }
  }

  // value reads a scalar or enters a container, whose content next() reads.
  bool value() {
    skip_blanks();
    switch (p_ == end_ ? '\0' : *p_) {
      case '{':
        return enter(true);
      case '[':
        return enter(false);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool enter(bool object) noexcept {
    if (depth_ >= max_depth_) return false;
    ++p_;
    is_object_[depth_++] = object;
    empty_ = true;
    return true;
  }

  bool name_and_value() {
    skip_blanks();
    const char* const quote = p_;
    if (!at('"') || !string()) return false;
    const std::string_view name{quote + 1, static_cast<std::size_t>(p_ - quote) - 2};
    skip_blanks();
    if (!at(':')) return false;
    ++p_;
    skip_blanks();
    if (depth_ == 1 && members_ != nullptr) {
      members_->push_back({name, {kind_here(), {p_, 0}}});
      open_member_ = true;
    }
    return value();
  }

  // next stands behind a value or an opening bracket of the innermost container.
  bool next() {
    if (depth_ == 1 && open_member_) {
      std::string_view& text = members_->back().value.text;
      text = {text.data(), static_cast<std::size_t>(p_ - text.data())};
      open_member_ = false;
    }
    skip_blanks();
    const bool object = is_object_[depth_ - 1];
    if (at(object ? '}' : ']')) {
      ++p_;
      --depth_;
      empty_ = false;
      return true;
    }
    if (!empty_) {
      if (!at(',')) return false;
      ++p_;
    }
    empty_ = false;
    return object ? name_and_value() : value();
  }

  bool word(std::string_view wanted) noexcept {
    if (static_cast<std::size_t>(end_ - p_) < wanted.size() ||
        std::memcmp(p_, wanted.data(), wanted.size()) != 0) {
      return false;
    }
    p_ += wanted.size();
    return true;
  }

  bool digits() noexcept {
    if (p_ == end_ || !is_digit(*p_)) return false;
    while (p_ != end_ && is_digit(*p_)) ++p_;
    return true;
  }

  bool number() noexcept {
    if (at('-')) ++p_;
    if (at('0')) {
      ++p_;
    } else if (!digits()) {
      return false;
    }
    if (at('.')) {
      ++p_;
      if (!digits()) return false;
    }
    if (at('e') || at('E')) {
      ++p_;
      if (at('+') || at('-')) ++p_;
      if (!digits()) return false;
    }
    return true;
  }

  bool string() noexcept {
    ++p_;
    for (;;) {
      while (end_ - p_ >= 8) {
        const unsigned run = plain_run(p_);
        p_ += run;
        if (run < 8) break;
      }
      if (p_ == end_) return false;
      const char c = *p_;
      if (c == '"') {
        ++p_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\' ? !escape() : (++p_, false)) return false;
    }
  }

  bool escape() noexcept {
    if (end_ - p_ < 2) return false;
    const char c = p_[1];
    p_ += 2;
    if (c != 'u') return std::strchr("\"\\/bfnrt", c) != nullptr && c != '\0';
    if (end_ - p_ < 4 || !std::all_of(p_, p_ + 4, is_hex)) return false;
    p_ += 4;
    return true;
  }

  const char* p_;
  const char* const end_;
  const std::size_t max_depth_;
  std::vector<JsonMember>* const members_;
  std::size_t depth_ = 0;
  bool empty_ = false;        // nothing has been read of the innermost container
  bool open_member_ = false;  // the end of the last member is not known yet
  std::bitset<kMaxJsonDepth> is_object_;
};

unsigned hex4(const char* p) noexcept {
  unsigned value = 0;
  std::from_chars(p, p + 4, value, 16);
  return value;
}

void append_utf8(std::string& out, unsigned code) {
  const auto put = [&](unsigned byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 63));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 63));
    put(0x80 | (code >> 6 & 63));
  }
  put(0x80 | (code & 63));
}

// surrogate_at returns the half of a pair that the text begins with, as append_utf8 writes one
// whose other half is missing; 0 otherwise.
unsigned surrogate_at(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) != 0xed || text.size() < 3 || byte(1) >> 5 != 5 || byte(2) >> 6 != 2) return 0;
  return 0xd000U | (byte(1) & 63U) << 6 | (byte(2) & 63U);
}

void append_unicode_escape(std::string& out, unsigned code) {
  out += "\\u";
  for (const unsigned shift : {12U, 8U, 4U, 0U}) out.push_back(kHexDigits[code >> shift & 15U]);
}

char plain_escape(char c) noexcept {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

// unescape resolves the escapes of checked text.
std::string unescape(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  for (const char *p = raw.data(), *end = p + raw.size(); p != end;) {
    if (*p != '\\') {
      out.push_back(*p++);
    } else if (p[1] != 'u') {
      out.push_back(plain_escape(p[1]));
      p += 2;
    } else {
      unsigned code = hex4(p + 2);
      p += 6;
      if (code >> 10 == 0x36 && end - p >= 6 && p[0] == '\\' && p[1] == 'u' &&
          hex4(p + 2) >> 10 == 0x37) {
        code = 0x10000 + ((code & 0x3ff) << 10 | (hex4(p + 2) & 0x3ff));
        p += 6;
      }
      append_utf8(out, code);
    }
  }
  return out;
}

bool raw_equals(std::string_view raw, std::string_view text) {
  if (raw == text) return raw.find('\\') == std::string_view::npos;
  return raw.find('\\') != std::string_view::npos && unescape(raw) == text;
}

std::string_view inside_quotes(std::string_view text) noexcept {
  return text.substr(1, text.size() - 2);
}

}  // namespace

std::optional<JsonValue> scan_json(std::string_view text, std::size_t max_depth,
                                   std::vector<JsonMember>* members) {
  return Scanner{text, max_depth, members}.run();
}

std::optional<JsonObject> JsonObject::parse(std::string_view text, std::size_t max_depth) {
  JsonObject object;
  object.members_.reserve(8);
  const std::optional<JsonValue> value = scan_json(text, max_depth, &object.members_);
  if (!value || value->kind != JsonKind::object) return std::nullopt;
  return object;
}

const JsonValue* JsonObject::find(std::string_view name) const noexcept {
  for (auto it = members_.rbegin(); it != members_.rend(); ++it) {
    if (raw_equals(it->name, name)) return &it->value;
  }
  return nullptr;
}

bool JsonObject::has_duplicates() const {
  const auto plain = [](const JsonMember& m) {
    return m.name.find('\\') == std::string_view::npos;
  };
  if (members_.size() <= 16 && std::all_of(members_.begin(), members_.end(), plain)) {
    for (std::size_t i = 1; i < members_.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (members_[i].name == members_[j].name) return true;
      }
    }
    return false;
  }
  std::vector<std::string> names;
  names.reserve(members_.size());
  for (const JsonMember& member : members_) names.push_back(unescape(member.name));
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

std::optional<std::string> json_string(const JsonValue& value) {
  if (value.kind != JsonKind::string) return std::nullopt;
  return unescape(inside_quotes(value.text));
}

bool json_equals(const JsonValue& value, std::string_view text) {
  return value.kind == JsonKind::string && raw_equals(inside_quotes(value.text), text);
}

std::string json_name(const JsonMember& member) { return unescape(member.name); }

bool json_name_equals(const JsonMember& member, std::string_view name) {
  return raw_equals(member.name, name);
}

std::optional<double> json_number(const JsonValue& value) noexcept {
  if (value.kind != JsonKind::number) return std::nullopt;
  const char* const begin = value.text.data();
  const char* const end = begin + value.text.size();
  // Whole numbers of up to 15 digits, which timestamps are, need no rounding.
  if (value.text.size() <= 15 && std::all_of(begin, end, is_digit)) {
    std::int64_t whole = 0;
    std::from_chars(begin, end, whole);
    return static_cast<double>(whole);
  }
  double number = 0;
  if (std::from_chars(begin, end, number).ec == std::errc::result_out_of_range) {
    // Too large or too small: the sign of the exponent tells which.
    const std::size_t exponent = value.text.find_first_of("eE");
    const bool small = exponent != std::string_view::npos
                           ? value.text[exponent + 1] == '-'
                           : value.text.substr(0, 3).find("0.") != std::string_view::npos;
    number = small ? 0.0 : std::numeric_limits<double>::infinity();
    if (value.text.front() == '-') number = -number;
  }
  return number;
}

std::optional<std::vector<JsonValue>> json_elements(const JsonValue& value) {
  if (value.kind != JsonKind::array) return std::nullopt;
  std::vector<JsonValue> elements;
  std::string_view rest = inside_quotes(value.text);
  std::size_t depth = 0, start = 0;
  bool quoted = false;
  const auto add = [&](std::size_t stop) {
    if (const auto element = scan_json(rest.substr(start, stop - start)))
      elements.push_back(*element);
    start = stop + 1;
  };
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (quoted) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == ',' && depth == 0) {
      add(i);
    }
  }
  add(rest.size());
  return elements;
}

void append_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          append_unicode_escape(out, static_cast<unsigned char>(c));
        } else if (const unsigned half = surrogate_at(text.substr(i)); half != 0) {
          append_unicode_escape(out, half);
          i += 2;
        } else {
          out.push_back(c);
        }
    }
  }
  out.push_back('"');
}

void append_compact(std::string& out, std::string_view json) {
  for (std::size_t i = 0; i < json.size();) {
    const char c = json[i];
    if (c == '"') {
      std::size_t stop = i + 1;
      while (json[stop] != '"') stop += json[stop] == '\\' ? 2 : 1;
      out += json.substr(i, stop + 1 - i);
      i = stop + 1;
    } else if (is_digit(c) || c == '-') {
      const std::size_t stop = std::min(json.find_first_not_of("0123456789+-.eE", i), json.size());
      const JsonValue number{JsonKind::number, json.substr(i, stop - i)};
      out += std::isfinite(*json_number(number)) ? number.text : std::string_view{"null"};
      i = stop;
    } else {
      if (!is_json_blank(c)) out.push_back(c);
      ++i;
    }
  }
}

}  // namespace latchkey::codec
