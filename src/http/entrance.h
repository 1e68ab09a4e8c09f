#pragma once

#include "latchkey/auth_session.h"

namespace latchkey::http {

enum class Entrance : std::uint8_t { sign_up, log_in };

// enter signs a user up or logs one in, for API and pages alike.
inline Result<Rejection> enter(AuthSession& session, Entrance entrance,
                               const Credentials& credentials, bool remember) {
  const LogInOptions options{.remember = remember};
  return entrance == Entrance::sign_up ? session.sign_up(credentials, options)
                                       : session.log_in(credentials, options);
}

}  // namespace latchkey::http
