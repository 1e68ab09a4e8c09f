#pragma once

#include <node_api.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "latchkey/result.h"

// Small helpers over Node-API. Nothing here throws in C++; a null napi_value tells Node that a
// JavaScript exception is pending.
namespace latchkey::node {

// Text is a string argument, copied out of JavaScript; short ones stay on the stack.
class Text {
 public:
  Text(napi_env env, napi_value value);
  ~Text();
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  // is_text is false when the value was no string.
  bool is_text() const noexcept { return is_text_; }
  std::string_view view() const noexcept {
    return large_.empty() ? std::string_view{small_.data(), size_} : std::string_view{large_};
  }
  std::string text() const { return std::string(view()); }

 private:
  std::array<char, 1024> small_;
  std::string large_;
  std::size_t size_ = 0;
  bool is_text_ = false;
};

// Call holds the arguments of one call; those that were not given are undefined.
class Call {
 public:
  Call(napi_env env, napi_callback_info info) : env_(env) {
    count_ = values_.size();
    napi_get_cb_info(env, info, &count_, values_.data(), nullptr, nullptr);
  }
  napi_env env() const noexcept { return env_; }
  napi_value operator[](std::size_t i) const noexcept { return values_[i]; }
  std::string text(std::size_t i) const { return Text(env_, values_[i]).text(); }
  double number(std::size_t i) const noexcept;
  bool flag(std::size_t i) const noexcept;
  bool has(std::size_t i) const noexcept;  // neither undefined nor null
  // bytes points into a Uint8Array for as long as the call lasts; empty for anything else.
  std::span<const std::uint8_t> bytes(std::size_t i) const noexcept;
  // doubles is a Float64Array, for as long; empty for anything else.
  std::span<double> doubles(std::size_t i) const noexcept;
  template <class T>
  T* external(std::size_t i) const noexcept {
    void* data = nullptr;
    return napi_get_value_external(env_, values_[i], &data) == napi_ok ? static_cast<T*>(data)
                                                                       : nullptr;
  }

 private:
  napi_env env_;
  std::size_t count_;
  std::array<napi_value, 8> values_{};
};

// Options reads the members of an object; each is nothing when it is undefined or null.
class Options {
 public:
  Options(napi_env env, napi_value object) : env_(env), object_(object) {}
  std::optional<std::string> text(const char* name) const;
  std::optional<double> number(const char* name) const;
  std::optional<bool> flag(const char* name) const;
  std::vector<std::string> texts(const char* name) const;

 private:
  napi_value member(const char* name) const;
  napi_env env_;
  napi_value object_;
};

bool is_ascii(std::string_view text) noexcept;

napi_value make_null(napi_env env);
napi_value make_text(napi_env env, std::string_view text);
napi_value make_bytes(napi_env env, std::string_view bytes);  // a Uint8Array of its own
napi_value make_number(napi_env env, double number);
napi_value make_flag(napi_env env, bool flag);
// make_list makes an array of what is there; a null pointer becomes null.
napi_value make_list(napi_env env, std::span<const napi_value> values);
napi_value make_texts(napi_env env, const std::vector<std::string>& texts);
std::vector<std::string> read_texts(napi_env env, napi_value list);

// make_error makes an Error with `code` ERR_LATCHKEY_..., `status` and `retryable`.
napi_value make_error(napi_env env, const Error& error);
// throw_error throws it and returns a null value, so that a call can end with it.
napi_value throw_error(napi_env env, const Error& error);
// throw_misuse throws a TypeError: the programmer passed something of a wrong kind.
napi_value throw_misuse(napi_env env, const char* message);

// make_handle gives JavaScript something of ours, which dies with its last reference there.
template <class T>
napi_value make_handle(napi_env env, T value) {
  napi_value handle = nullptr;
  auto owned = std::make_unique<T>(std::move(value));
  napi_create_external(
      env, owned.release(), [](napi_env, void* data, void*) { delete static_cast<T*>(data); },
      nullptr, &handle);
  return handle;
}

// Function is one export of the addon.
struct Function {
  const char* name;
  napi_callback callback;
};
void define(napi_env env, napi_value exports, std::span<const Function> functions);

}  // namespace latchkey::node
