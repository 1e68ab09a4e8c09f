#pragma once

#include <cstdint>
#include <string>

#include "latchkey/begin_options.h"
#include "latchkey/time.h"

// Device-bound sessions (Device Bound Session Credentials, W3C): a browser that can proves again
// and again that it holds a key which cannot be copied. docs/device_binding.md
//
//   auto auth = latchkey::Auth::open({.store = "sqlite:app.db",
//                                     .public_url = "https://app.example.com",
//                                     .device_binding = {.mode =
//                                     latchkey::DeviceBinding::prefer}});
//   // and two routes for POST: answer_device of the adapters
namespace latchkey {

enum class DeviceBinding : std::uint8_t {
  off,      // nothing is offered, and bound sessions are taken like others
  prefer,   // offered at log-in; a browser that cannot goes on as before
  require,  // besides, a session that is not bound kBindingTime after its log-in opens nothing
};

// kBindingTime is how long an offer of a log-in may be taken, and a challenge answered.
inline constexpr Millis kBindingTime = std::chrono::minutes{2};

// DeviceBindingOptions need a carrier with rows, an https URL, and a cookie of one host.
struct DeviceBindingOptions {
  DeviceBinding mode = DeviceBinding::off;
  // cookie_life is how long the short cookie beside the session's own is good: who copies both can
  // use them no longer. 1 s to 10 min.
  Millis cookie_life = std::chrono::minutes{5};
  // Where the two routes are, as the browser sees them: below a base path with that.
  std::string register_path = "/device/register";
  std::string refresh_path = "/device/refresh";
};

// kDeviceRoute begins the session of the two routes: what a browser does by itself is no activity,
// and no copy says that a session is not bound.
inline constexpr BeginOptions kDeviceRoute{
    .passive = true, .fresh = true, .offers = false, .keep_bad_cookie = true};

// DeviceAnswer is what one of the two routes answers. Its headers come with those of the session.
struct DeviceAnswer {
  int status = 200;
  std::string json{};
  bool problem = false;  // application/problem+json, otherwise application/json
};

}  // namespace latchkey
