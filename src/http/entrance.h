#pragma once

#include "http/app.h"
#include "latchkey/auth_session.h"

namespace latchkey::http {

enum class Entrance : std::uint8_t { sign_up, log_in };

// enter signs a user up or logs one in, for API and pages alike.
inline Result<Rejection> enter(App& app, AuthSession& session, Entrance entrance,
                               const Credentials& credentials, bool remember) {
  const LogInOptions options{.remember = remember};
  const bool sign_up = entrance == Entrance::sign_up;
  Result<Rejection> outcome =
      sign_up ? session.sign_up(credentials, options) : session.log_in(credentials, options);
  (sign_up ? app.sign_ups : app.log_ins).add(outcome);
  return outcome;
}

}  // namespace latchkey::http
