#pragma once

#include <cstdint>
#include <string_view>

#include "http/message.h"

namespace latchkey::http {

// Dialect is how a proxy says which request it asks about. Each is an address of its own, because
// what one proxy writes, a client can send through another one.
enum class Dialect : std::uint8_t {
  own,      // nobody says: the request itself is asked about
  nginx,    // X-Original-URL, X-Original-Method
  forward,  // X-Forwarded-Method, -Proto, -Host, -Uri: Traefik, Caddy, HAProxy, Skipper
  envoy,    // its own method, Host, the path behind the prefix: Envoy, Istio
};

// Original is the request a proxy asks about. Views into the request; what is empty was not said.
struct Original {
  bool malformed = false;  // a header came twice, or is not valid HTTP
  std::string_view method{};
  std::string_view authority{};  // host[:port]
  std::string_view path{};       // as sent, without query
  std::string_view query{};
};

// read_original reads what `dialect` says, and nothing another one would. `trusted` is whether the
// peer is a proxy: from any other nothing is read but the method of the request itself.
Original read_original(Dialect dialect, const Request& request, bool trusted);

inline constexpr std::string_view kEnvoyPrefix = "/v1/verify/envoy";

}  // namespace latchkey::http
