#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/verify/path_rules.h"
#include "latchkey/time.h"

namespace latchkey::http {

// VerifySettings are what the configuration says about all of /v1/verify.
struct VerifySettings {
  PathRules rules{};
  bool aliases = true;  // Remote-* and X-Auth-Request-* beside X-Session-*
  bool data = false;    // X-Session-Data
  bool allow_ambiguous_paths = false;
  bool stale = false;  // while the store does not answer, an old copy of a session may
  std::vector<std::string> allowed_origins{};  // besides the application's own
};

// VerifyOptions are what the query of /v1/verify says. The operator writes it into the proxy's
// configuration; some proxies (Caddy) pass on the client's query instead where there is none.
struct VerifyOptions {
  // parse returns nothing for a name or a value that is not known, so that a misspelt demand is not
  // no demand.
  static std::optional<VerifyOptions> parse(std::string_view query);
  // parse_doubtful reads a query that may be the client's: demands count, since nobody gains by
  // making them; nothing that lets more pass does, and what is not known means something else.
  static VerifyOptions parse_doubtful(std::string_view query);

  std::uint8_t level = 0;        // level=2 or level=aal2
  Millis max_auth_age{0};        // max_auth_age=5m
  bool bound = false;            // bound=1: the session is bound to its device
  bool redirect = true;          // redirect=auto|never
  bool optional = false;         // optional=1: nobody is refused for not being signed in
  bool fresh = false;            // fresh=1: ask the store and no copy
  bool allow_preflight = false;  // preflight=allow|deny
};

}  // namespace latchkey::http
