#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "latchkey/auth.h"

namespace latchkey {

// AuthParts makes an Auth of what a shape has open already and shares with others, as the addon
// does: one store for many configurations, and accounts only for programs that have any.
struct AuthParts {
  // assemble: `store` must outlive the result. Of the options those count that no Sessions has, and
  // carrier and policy, which must be those of `sessions`. Errc::bad_config, as Auth::open.
  static Result<std::unique_ptr<Auth>> assemble(Store& store, std::unique_ptr<Sessions> sessions,
                                                AuthOptions options);
  // give: before any call that needs accounts.
  static Accounts& give(Auth& auth, std::unique_ptr<Accounts> accounts) noexcept;
  // offer_device adds the offer to bind the session to the headers of a page, if it is young and
  // not bound: for a shape whose log-in cannot send a header. Does nothing otherwise.
  static void offer_device(AuthSession& session);
  // usual_headers are those of every request of an Auth without bearer tokens that has nothing more
  // to send.
  static std::span<const HeaderLine> usual_headers() noexcept;
  // shown is the token that the client of this request has now; empty when it has none.
  static std::string_view shown(const AuthSession& session) noexcept;
};

}  // namespace latchkey
