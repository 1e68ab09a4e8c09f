#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/base64url.h"
#include "base/base64url_into.h"
#include "codec/json/text.h"

namespace latchkey::testing {

// vectors_path returns where the reference file `name` is: in tests/vectors/, those of Wycheproof
// in a folder of their own, with their licence.
inline std::string vectors_path(const std::string& name) {
  return LATCHKEY_SOURCE_DIR "/tests/vectors/" + name;
}

// read_vectors throws when the file is missing, so that a test without its vectors fails instead of
// passing on nothing.
inline std::string read_vectors(const std::string& name) {
  const std::string path = vectors_path(name);
  std::ifstream file{path, std::ios::binary};
  if (!file) throw std::runtime_error("no reference vectors: " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Json walks over vectors; what is missing or of another kind throws.
class Json {
 public:
  explicit Json(codec::JsonValue value) : value_(value) {}
  static Json parse(std::string_view text) {
    const auto value = codec::scan_json(text);
    if (!value) throw std::runtime_error("vectors are not JSON");
    return Json{*value};
  }

  codec::JsonKind kind() const { return value_.kind; }
  std::string_view text() const { return value_.text; }
  bool has(std::string_view name) const {
    const auto object = codec::JsonObject::parse(value_.text);
    return object && object->find(name) != nullptr;
  }
  Json operator[](std::string_view name) const {
    const auto object = codec::JsonObject::parse(value_.text);
    const codec::JsonValue* found = object ? object->find(name) : nullptr;
    if (found == nullptr) throw std::runtime_error("vector lacks " + std::string{name});
    return Json{*found};
  }
  std::string str() const { return codec::json_string(value_).value(); }
  std::string str(std::string_view name) const { return (*this)[name].str(); }
  double num() const { return codec::json_number(value_).value(); }
  bool is(std::string_view word) const { return value_.text == word; }
  std::vector<Json> list() const {
    std::vector<Json> list;
    const auto elements = codec::json_elements(value_);
    for (const codec::JsonValue& element : elements.value()) list.push_back(Json{element});
    return list;
  }
  // cases is a list that throws when it is empty: a test that loops over nothing would pass.
  std::vector<Json> cases() const {
    std::vector<Json> cases = list();
    if (cases.empty()) throw std::runtime_error("vectors without a case");
    return cases;
  }
  std::vector<std::pair<std::string, Json>> items() const {
    std::vector<std::pair<std::string, Json>> items;
    const auto object = codec::JsonObject::parse(value_.text);
    for (const codec::JsonMember& member : object.value().members()) {
      items.emplace_back(codec::json_name(member), Json{member.value});
    }
    return items;
  }

  // print writes what JSON.stringify would, if numbers stand as JavaScript prints them.
  std::string print() const {
    std::string out;
    switch (value_.kind) {
      case codec::JsonKind::object:
        for (const auto& [name, member] : items()) {
          out += out.empty() ? "" : ",";
          codec::append_quoted(out, name);
          out += ':' + member.print();
        }
        return '{' + out + '}';
      case codec::JsonKind::array:
        for (const Json& element : list()) out += (out.empty() ? "" : ",") + element.print();
        return '[' + out + ']';
      case codec::JsonKind::string:
        codec::append_quoted(out, str());
        return out;
      default:
        return std::string{value_.text};
    }
  }

  // canonical is equal for equal values: members by name, numbers as doubles, the last of a
  // repeated name.
  std::string canonical() const {
    switch (value_.kind) {
      case codec::JsonKind::object: {
        std::map<std::string, std::string> members;
        for (const auto& [name, member] : items()) members[name] = member.canonical();
        std::string out = "{";
        for (const auto& [name, member] : members) {
          codec::append_quoted(out, name);
          out += ':' + member + ',';
        }
        return out + '}';
      }
      case codec::JsonKind::array: {
        std::string out = "[";
        for (const Json& element : list()) out += element.canonical() + ',';
        return out + ']';
      }
      case codec::JsonKind::string: {
        std::string out;
        codec::append_quoted(out, str());
        return out;
      }
      case codec::JsonKind::number: {
        std::ostringstream out;
        out.precision(17);
        out << num();
        return out.str() == "inf" ? "null" : out.str();
      }
      default:
        return std::string{value_.text};
    }
  }

 private:
  codec::JsonValue value_;
};

inline std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16)));
  }
  return bytes;
}

inline std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    hex.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
    hex.push_back(kHex[static_cast<unsigned char>(c) & 15]);
  }
  return hex;
}

inline std::string from_base64url(std::string_view text) {
  std::string bytes(text.size() + 3, '\0');
  const auto decoded = base64url_decode_into(text, reinterpret_cast<std::uint8_t*>(bytes.data()));
  if (decoded.form != Base64urlForm::canonical) throw std::runtime_error("bad base64url");
  bytes.resize(decoded.size);
  return bytes;
}

inline std::string to_base64url(std::string_view bytes) {
  return base64url_encode({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

}  // namespace latchkey::testing
