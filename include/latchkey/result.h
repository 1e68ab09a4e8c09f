#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

// What every call that can fail returns. Test it before you use it.
//
//   auto session = auth.begin({method, target, peer_address, headers});
//   if (!session) return answer(latchkey::failure_status(session.error()));
//   if (*session) use(session->user_id().text());
namespace latchkey {

// Errc is the closed set of failures. Absence (no session, expired, revoked) and rejection (wrong
// password, taken name) are ordinary values elsewhere, never an Errc. See docs/conventions.md.
enum class Errc : std::uint8_t {
  store_unavailable,    // the store cannot be reached or written; retry later
  store_busy,           // the store is locked by another process beyond the deadline; retry
  store_read_only,      // the store refuses writes (permissions, full disk)
  store_damaged,        // the store's own integrity check failed; an operator must act
  sqlite_shared,        // another copy of SQLite in this process has the file open (Node)
  store_mismatch,       // emptied, foreign or newer store: the instance marker does not match
  entropy_unavailable,  // the operating system gave no random bytes
  crypto_unavailable,   // the cryptographic library refused an operation that cannot fail
  overloaded,           // a bounded queue is full; retry after a second
  rate_limited,         // too many guest sessions from one place; retry later
  conflict,             // a versioned update lost too many races; retry
  not_found,            // the session or user named by id does not exist (any more)
  user_changed,         // the user's epoch changed during the login
  invalid_argument,     // a value is malformed; nothing was changed
  too_large,            // a value is over its documented limit; nothing was changed
  unsupported,          // the carrier in use cannot do this (list sessions that no row holds)
  origin_refused,       // the request came from another site; nothing was changed
  would_wait,           // the caller may not wait and the answer is not in this process
  headers_sent,         // the headers were sent already, so no cookie can be set; nothing changed
  bad_config,           // misuse, refused at construction
};

// Error says what failed. `detail` is for operators: it never holds ids, tokens or passwords.
struct Error {
  Errc code;
  std::string detail{};
};

// error_name returns the stable name of `code`, such as "store_unavailable".
std::string_view error_name(Errc code) noexcept;
// error_http_status returns the HTTP status a server answers for `code`.
int error_http_status(Errc code) noexcept;
// error_retryable returns whether the same call may succeed later without any change.
bool error_retryable(Errc code) noexcept;

// Result<T> is a T or an Error. It never throws; reading the wrong side is a bug and asserts.
// Member names are a subset of std::expected's.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  // A large T is made where it stays, and not moved.
  template <class... Arguments>
  explicit Result(std::in_place_t, Arguments&&... arguments)
      : state_(std::in_place_index<0>, std::forward<Arguments>(arguments)...) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& operator*() & noexcept { return *checked(); }
  const T& operator*() const& noexcept { return *const_cast<Result*>(this)->checked(); }
  T&& operator*() && noexcept { return std::move(*checked()); }
  T* operator->() noexcept { return checked(); }
  const T* operator->() const noexcept { return const_cast<Result*>(this)->checked(); }

  const Error& error() const noexcept {
    const Error* error = std::get_if<1>(&state_);
    assert(error != nullptr);
    return *error;
  }

 private:
  T* checked() noexcept {
    T* value = std::get_if<0>(&state_);
    assert(value != nullptr);
    return value;
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const noexcept { return !error_; }
  explicit operator bool() const noexcept { return has_value(); }
  const Error& error() const noexcept {
    assert(error_);
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace latchkey
