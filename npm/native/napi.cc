#include "napi.h"

#include <algorithm>
#include <cmath>

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

namespace {

bool is_null(napi_env env, napi_value value) noexcept {
  napi_valuetype type = napi_undefined;
  napi_typeof(env, value, &type);
  return type == napi_null;
}

napi_value as_text(napi_env env, napi_value value) noexcept {
  napi_value text = nullptr;
  napi_coerce_to_string(env, value, &text);
  return text;
}

std::string range_text(std::int64_t low, std::int64_t high) {
  return "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
}

Error misfit(napi_env env, Errc code, std::string_view name, std::string_view wanted,
             napi_value value) {
  std::string what(name);
  what.append(": ").append(wanted).append(" is expected, not ").append(kind_of(env, value));
  return {code, std::move(what)};
}

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

std::int64_t Call::whole(std::size_t i, const char* name, std::int64_t low,
                         std::int64_t high) const {
  const auto read = read_whole(env_, values_[i], low, high);
  if (read) return *read;
  if (!fault_)
    fault_ = misfit(env_, Errc::invalid_argument, name, range_text(low, high), values_[i]);
  return low;
}

UnixTime Call::time(std::size_t i, const char* name) const {
  constexpr double kLastDate = 8.64e15;  // ECMAScript's
  double millis = 0;
  if (napi_get_value_double(env_, values_[i], &millis) == napi_ok &&
      std::fabs(millis) <= kLastDate) {
    return from_unix_millis(static_cast<std::int64_t>(std::floor(millis)));
  }
  if (!fault_) fault_ = misfit(env_, Errc::invalid_argument, name, "a valid time", values_[i]);
  return UnixTime{};
}

bool Call::refused() const {
  if (!fault_) return false;
  throw_error(env_, *fault_);
  return true;
}

// A value that is no external is asked for no tag: it may be a Proxy.
void* Call::tagged(std::size_t i, const napi_type_tag& tag) const noexcept {
  void* data = nullptr;
  bool ours = false;
  if (napi_get_value_external(env_, values_[i], &data) != napi_ok) return nullptr;
  return napi_check_object_type_tag(env_, values_[i], &tag, &ours) == napi_ok && ours ? data
                                                                                      : nullptr;
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
  return type == napi_undefined ? nullptr : value;
}

void Options::blame(const char* name, std::string_view wanted, napi_value value) {
  if (!fault_) fault_ = misfit(env_, misuse_, name, wanted, value);
}

std::optional<std::string> Options::text(const char* name) {
  napi_value value = member(name);
  if (value == nullptr) return std::nullopt;
  const Text text(env_, value);
  if (text.is_text()) return text.text();
  blame(name, "text", value);
  return std::nullopt;
}

std::optional<std::string> Options::text_or_null(const char* name) {
  napi_value value = member(name);
  if (value == nullptr) return std::nullopt;
  const Text text(env_, value);
  if (text.is_text()) return text.text();
  if (!is_null(env_, value)) blame(name, "text or null", value);
  return std::nullopt;
}

std::optional<std::int64_t> Options::whole(const char* name, std::int64_t low, std::int64_t high) {
  napi_value value = member(name);
  if (value == nullptr) return std::nullopt;
  const auto read = read_whole(env_, value, low, high);
  if (!read) blame(name, range_text(low, high), value);
  return read;
}

std::optional<bool> Options::flag(const char* name) {
  bool flag = false;
  napi_value value = member(name);
  if (value == nullptr) return std::nullopt;
  if (napi_get_value_bool(env_, value, &flag) == napi_ok) return flag;
  blame(name, "true or false", value);
  return std::nullopt;
}

std::vector<std::string> Options::texts(const char* name) {
  napi_value value = member(name);
  if (value == nullptr) return {};
  bool is_list = false;
  napi_is_array(env_, value, &is_list);
  if (!is_list) blame(name, "a list", value);
  return read_texts(env_, value);
}

std::optional<std::int64_t> read_whole(napi_env env, napi_value value, std::int64_t low,
                                       std::int64_t high) noexcept {
  double number = 0;
  if (napi_get_value_double(env, value, &number) != napi_ok) return std::nullopt;
  const bool fits = number >= static_cast<double>(low) && number <= static_cast<double>(high);
  if (!fits || std::trunc(number) != number) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::string kind_of(napi_env env, napi_value value) {
  bool is_list = false;
  napi_valuetype type = napi_undefined;
  napi_typeof(env, value, &type);
  switch (type) {
    case napi_undefined:
      return "undefined";
    case napi_null:
      return "null";
    case napi_boolean:
      return "a boolean";
    case napi_number:
      return Text(env, as_text(env, value)).text();
    case napi_string:
      return "text";
    case napi_object:
      napi_is_array(env, value, &is_list);
      return is_list ? "an array" : "an object";
    case napi_bigint:
      return "a bigint";
    case napi_function:
      return "a function";
    default:
      return "a value of another kind";
  }
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

napi_value throw_no_handle(napi_env env, std::string_view what) {
  return throw_error(env, Error{Errc::invalid_argument,
                                std::string(what) + " of this copy of latchkey are expected"});
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
