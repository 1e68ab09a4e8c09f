#include "http/pages/form.h"

#include "base/text.h"
#include "latchkey/secret.h"

namespace latchkey::http {
namespace {

constexpr std::size_t kMaxFields = 64;

std::optional<std::string> decode(std::string_view text) {
  std::string out;
  // Grown once, so that no piece of a password stays behind in a smaller buffer.
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

}  // namespace

std::optional<Form> Form::parse(std::string_view text) {
  Form form;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (field.empty()) continue;
    const std::size_t equals = field.find('=');
    auto name = decode(field.substr(0, equals));
    auto value = decode(equals == std::string_view::npos ? "" : field.substr(equals + 1));
    if (!name || !value || form.has(*name) || form.fields_.size() == kMaxFields)
      return std::nullopt;
    form.fields_.emplace_back(std::move(*name), std::move(*value));
  }
  return form;
}

Form::~Form() {
  for (auto& [name, value] : fields_) wipe(value.data(), value.size());
}

const std::string* Form::find(std::string_view name) const noexcept {
  for (const auto& [candidate, value] : fields_) {
    if (candidate == name) return &value;
  }
  return nullptr;
}

std::string_view Form::get(std::string_view name) const noexcept {
  const std::string* value = find(name);
  return value == nullptr ? std::string_view{} : *value;
}

bool Form::has(std::string_view name) const noexcept { return find(name) != nullptr; }

std::string encode_component(std::string_view text) {
  static constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

}  // namespace latchkey::http
