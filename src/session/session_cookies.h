#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/sessions.h"

namespace latchkey::session {

// SessionCookies writes and reads the cookies that sessions travel in. It needs no store, so a
// program can read a cookie and delete it while its store is away. Immutable, so thread-safe.
class SessionCookies {
 public:
  // make refuses a name, attributes or a number of chunks that no cookie can have: bad_config.
  static Result<SessionCookies> make(const SessionsOptions& options);

  const CookieOptions& options() const noexcept { return options_; }

  // The calls are those of Sessions with the same names. Of what the request's Cookie `lines` bring
  // under our name, cookies of other scopes are deleted first: a browser that knew no difference
  // between two scopes would otherwise delete what is written after them.
  Result<std::string> set_cookie(const SessionToken& token, const SessionRecord& record,
                                 UnixTime now) const;
  Result<std::vector<std::string>> set_cookies(const SessionToken& token,
                                               const SessionRecord& record,
                                               std::span<const std::string_view> lines,
                                               UnixTime now) const;
  std::string blank_cookie() const { return writers_.front().blank(); }
  std::vector<std::string> blank_cookies(std::span<const std::string_view> lines) const;
  std::optional<std::string> read_cookie(std::span<const std::string_view> lines) const;

 private:
  SessionCookies(const SessionsOptions& options, std::vector<CookieWriter> writers);
  std::optional<UnixTime> expiry(const SessionRecord& record) const;
  void delete_elsewhere(std::span<const std::string_view> lines,
                        std::vector<std::string>& out) const;
  void blank_chunks(const std::vector<std::string>& names, std::vector<std::string>& out) const;

  CookieOptions options_;
  std::uint32_t max_chunks_;
  bool slides_;                        // the cookie ends with the idle deadline
  std::vector<CookieWriter> writers_;  // of the name itself, then of its chunks
};

}  // namespace latchkey::session
