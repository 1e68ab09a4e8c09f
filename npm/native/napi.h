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
#include "latchkey/time.h"

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

// A handle is something of ours that JavaScript holds. Its tag says of which type it is, and of
// which version of the addon: what somebody else made, or one of another kind, is never touched.
template <class T>
constexpr napi_type_tag handle_tag() noexcept {
  const auto hash = [](std::string_view text, std::uint64_t value) {  // FNV-1a
    for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return value;
  };
  const std::uint64_t kind = hash(__PRETTY_FUNCTION__, 0xcbf29ce484222325);
  return {kind, hash("latchkey " LATCHKEY_VERSION, kind)};
}

// Call holds the arguments of one call; those that were not given are undefined. A number that is
// none, or out of its range, is remembered: `refused` is asked when all of them have been read.
class Call {
 public:
  Call(napi_env env, napi_callback_info info) : env_(env) {
    count_ = values_.size();
    napi_get_cb_info(env, info, &count_, values_.data(), nullptr, nullptr);
  }
  napi_env env() const noexcept { return env_; }
  napi_value operator[](std::size_t i) const noexcept { return values_[i]; }
  std::string text(std::size_t i) const { return Text(env_, values_[i]).text(); }
  // whole is a whole number from `low` to `high`; `name` stands in the message.
  std::int64_t whole(std::size_t i, const char* name, std::int64_t low, std::int64_t high) const;
  // time is milliseconds since the epoch, of a Date that is valid.
  UnixTime time(std::size_t i, const char* name = "Date.now()") const;
  bool flag(std::size_t i) const noexcept;
  bool has(std::size_t i) const noexcept;  // neither undefined nor null
  // bytes points into a Uint8Array for as long as the call lasts; empty for anything else.
  std::span<const std::uint8_t> bytes(std::size_t i) const noexcept;
  // doubles is a Float64Array, for as long; empty for anything else.
  std::span<double> doubles(std::size_t i) const noexcept;
  // handle is what make_handle<T> made; null for anything else.
  template <class T>
  T* handle(std::size_t i) const noexcept {
    constexpr napi_type_tag kTag = handle_tag<T>();
    return static_cast<T*>(tagged(i, kTag));
  }
  // refused throws what is wrong with a number, if anything is.
  bool refused() const;

 private:
  void* tagged(std::size_t i, const napi_type_tag& tag) const noexcept;
  napi_env env_;
  std::size_t count_;
  std::array<napi_value, 8> values_{};
  mutable std::optional<Error> fault_{};
};

// Options reads the members of an object; each is nothing when it is undefined. The first one of a
// wrong kind or out of its range is the fault; nothing is made to fit.
class Options {
 public:
  // `misuse` is the code of a fault.
  Options(napi_env env, napi_value object, Errc misuse)
      : env_(env), object_(object), misuse_(misuse) {}
  std::optional<std::string> text(const char* name);
  std::optional<std::string> text_or_null(const char* name);  // nothing for null, too
  std::optional<bool> flag(const char* name);
  std::optional<std::int64_t> whole(const char* name, std::int64_t low, std::int64_t high);
  std::vector<std::string> texts(const char* name);
  const std::optional<Error>& fault() const noexcept { return fault_; }

 private:
  napi_value member(const char* name) const;
  void blame(const char* name, std::string_view wanted, napi_value value);
  napi_env env_;
  napi_value object_;
  Errc misuse_;
  std::optional<Error> fault_{};
};

bool is_ascii(std::string_view text) noexcept;
// read_whole returns a number without a fraction, from `low` to `high`; nothing for all else.
std::optional<std::int64_t> read_whole(napi_env env, napi_value value, std::int64_t low,
                                       std::int64_t high) noexcept;
// kind_of names what a value is for a message: "null", "NaN", "-1", "an array". Never a text.
std::string kind_of(napi_env env, napi_value value);

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
// throw_no_handle throws that `what`, such as "open sessions", was expected.
napi_value throw_no_handle(napi_env env, std::string_view what);

// make_handle gives JavaScript something of ours, which dies with its last reference there.
template <class T>
napi_value make_handle(napi_env env, T value) {
  constexpr napi_type_tag kTag = handle_tag<T>();
  napi_value handle = nullptr;
  auto owned = std::make_unique<T>(std::move(value));
  const napi_status made = napi_create_external(
      env, owned.get(), [](napi_env, void* data, void*) { delete static_cast<T*>(data); }, nullptr,
      &handle);
  if (made != napi_ok) return nullptr;
  static_cast<void>(owned.release());
  return napi_type_tag_object(env, handle, &kTag) == napi_ok ? handle : nullptr;
}

// Function is one export of the addon.
struct Function {
  const char* name;
  napi_callback callback;
};
void define(napi_env env, napi_value exports, std::span<const Function> functions);

}  // namespace latchkey::node
