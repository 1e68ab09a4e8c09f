#include "napi.h"

#include <algorithm>

#include "latchkey/secret.h"

namespace latchkey::node {

Text::Text(napi_env env, napi_value value) {
  std::size_t size = 0;
  if (napi_get_value_string_utf8(env, value, small_.data(), small_.size(), &size) != napi_ok) {
    return;
  }
  is_text_ = true;
  size_ = size;
  if (size + 4 < small_.size()) return;  // a cut happens at a character, at most 4 bytes early
  napi_get_value_string_utf8(env, value, nullptr, 0, &size);
  large_.resize(size + 1);
  napi_get_value_string_utf8(env, value, large_.data(), size + 1, &size);
  large_.resize(size);
}

// Arguments may be tokens, secrets and passwords.
Text::~Text() {
  wipe(small_.data(), std::min(size_, small_.size()));
  if (!large_.empty()) wipe(large_.data(), large_.size());
}

double Call::number(std::size_t i) const noexcept {
  double number = 0;
  napi_get_value_double(env_, values_[i], &number);
  return number;
}

bool Call::flag(std::size_t i) const noexcept {
  bool flag = false;
  napi_get_value_bool(env_, values_[i], &flag);
  return flag;
}

bool Call::has(std::size_t i) const noexcept {
  napi_valuetype type = napi_undefined;
  napi_typeof(env_, values_[i], &type);
  return type != napi_undefined && type != napi_null;
}

namespace {

// view_of points into a typed array whose elements are `Element`.
template <class Element>
std::span<Element> view_of(napi_env env, napi_value array, napi_typedarray_type wanted) noexcept {
  napi_typedarray_type type{};
  std::size_t size = 0;
  void* data = nullptr;
  const napi_status status =
      napi_get_typedarray_info(env, array, &type, &size, &data, nullptr, nullptr);
  if (status != napi_ok || type != wanted) return {};
  return {static_cast<Element*>(data), size};
}

}  // namespace

std::span<const std::uint8_t> Call::bytes(std::size_t i) const noexcept {
  return view_of<std::uint8_t>(env_, values_[i], napi_uint8_array);
}

std::span<double> Call::doubles(std::size_t i) const noexcept {
  return view_of<double>(env_, values_[i], napi_float64_array);
}

napi_value Options::member(const char* name) const {
  napi_value value = nullptr;
  if (napi_get_named_property(env_, object_, name, &value) != napi_ok) return nullptr;
  napi_valuetype type = napi_undefined;
  napi_typeof(env_, value, &type);
  return type == napi_undefined || type == napi_null ? nullptr : value;
}

std::optional<std::string> Options::text(const char* name) const {
  napi_value value = member(name);
  if (value == nullptr) return std::nullopt;
  return Text(env_, value).text();
}

std::optional<double> Options::number(const char* name) const {
  double number = 0;
  napi_value value = member(name);
  if (value == nullptr || napi_get_value_double(env_, value, &number) != napi_ok) {
    return std::nullopt;
  }
  return number;
}

std::optional<bool> Options::flag(const char* name) const {
  bool flag = false;
  napi_value value = member(name);
  if (value == nullptr || napi_get_value_bool(env_, value, &flag) != napi_ok) return std::nullopt;
  return flag;
}

std::vector<std::string> Options::texts(const char* name) const {
  napi_value value = member(name);
  return value == nullptr ? std::vector<std::string>{} : read_texts(env_, value);
}

napi_value make_null(napi_env env) {
  napi_value value = nullptr;
  napi_get_null(env, &value);
  return value;
}

bool is_ascii(std::string_view text) noexcept {
  unsigned char all = 0;
  for (const char c : text) all = static_cast<unsigned char>(all | static_cast<unsigned char>(c));
  return all < 0x80;
}

// Tokens and most JSON are ASCII, which V8 copies instead of decoding it.
napi_value make_text(napi_env env, std::string_view text) {
  napi_value value = nullptr;
  if (is_ascii(text)) {
    napi_create_string_latin1(env, text.data(), text.size(), &value);
  } else {
    napi_create_string_utf8(env, text.data(), text.size(), &value);
  }
  return value;
}

napi_value make_bytes(napi_env env, std::string_view bytes) {
  napi_value buffer = nullptr;
  napi_value array = nullptr;
  void* data = nullptr;
  napi_create_arraybuffer(env, bytes.size(), &data, &buffer);
  if (data != nullptr) std::copy(bytes.begin(), bytes.end(), static_cast<char*>(data));
  napi_create_typedarray(env, napi_uint8_array, bytes.size(), buffer, 0, &array);
  return array;
}

napi_value make_number(napi_env env, double number) {
  napi_value value = nullptr;
  napi_create_double(env, number, &value);
  return value;
}

napi_value make_flag(napi_env env, bool flag) {
  napi_value value = nullptr;
  napi_get_boolean(env, flag, &value);
  return value;
}

napi_value make_list(napi_env env, std::span<const napi_value> values) {
  napi_value list = nullptr;
  napi_create_array_with_length(env, values.size(), &list);
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    napi_set_element(env, list, i, values[i] == nullptr ? make_null(env) : values[i]);
  }
  return list;
}

napi_value make_texts(napi_env env, const std::vector<std::string>& texts) {
  std::vector<napi_value> values;
  for (const std::string& text : texts) values.push_back(make_text(env, text));
  return make_list(env, values);
}

std::vector<std::string> read_texts(napi_env env, napi_value list) {
  std::vector<std::string> texts;
  std::uint32_t size = 0;
  if (napi_get_array_length(env, list, &size) != napi_ok) return texts;
  for (std::uint32_t i = 0; i < size; ++i) {
    napi_value value = nullptr;
    napi_get_element(env, list, i, &value);
    texts.push_back(Text(env, value).text());
  }
  return texts;
}

napi_value make_error(napi_env env, const Error& error) {
  std::string code = "ERR_LATCHKEY_";
  for (const char c : error_name(error.code)) {
    code.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  std::string message{error_name(error.code)};
  if (!error.detail.empty()) message = error.detail;
  napi_value value = nullptr;
  napi_create_error(env, make_text(env, code), make_text(env, message), &value);
  napi_set_named_property(env, value, "status", make_number(env, error_http_status(error.code)));
  napi_set_named_property(env, value, "retryable", make_flag(env, error_retryable(error.code)));
  return value;
}

napi_value throw_error(napi_env env, const Error& error) {
  napi_throw(env, make_error(env, error));
  return nullptr;
}

napi_value throw_misuse(napi_env env, const char* message) {
  napi_throw_type_error(env, "ERR_LATCHKEY_INVALID_ARGUMENT", message);
  return nullptr;
}

void define(napi_env env, napi_value exports, std::span<const Function> functions) {
  for (const Function& function : functions) {
    napi_value value = nullptr;
    napi_create_function(env, function.name, NAPI_AUTO_LENGTH, function.callback, nullptr, &value);
    napi_set_named_property(env, exports, function.name, value);
  }
}

}  // namespace latchkey::node
