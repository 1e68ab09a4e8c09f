#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"
#include "http/service.h"
#include "latchkey/auth.h"
#include "latchkey/memory.h"
#include "latchkey/recovery.h"
#include "tests/support/auth_fixture.h"
#include "tests/support/manual_clock.h"

namespace latchkey::testing {

// What ?wait=1 waits for.
inline constexpr Millis kStaleness{5'000};

// Site is a service on a memory store, with a clock that stands still.
struct Site {
  // `wrap` may put another store around the memory store.
  using Wrap = std::unique_ptr<Store> (*)(Store& inner);
  explicit Site(std::string public_url = "http://localhost:4470", Policy policy = {},
                Wrap wrap = nullptr, Carrier carrier = Carrier::stored,
                std::uint32_t max_chunks = 1);

  Store& store() { return *outer; }
  // open serves the same store with other options.
  void open(AuthOptions options);
  // use_mail switches password reset on; what would be sent is in `mails`.
  void use_mail();

  std::string public_url;
  ManualClock clock;
  std::unique_ptr<Store> memory;
  std::unique_ptr<Store> wrapped;
  Store* outer = nullptr;
  std::unique_ptr<Auth> auth;
  Sessions* sessions = nullptr;  // of auth
  std::vector<Mail> mails;
  std::unique_ptr<Recovery> recovery;
  std::unique_ptr<http::Service> service;
};

// Browser sends requests as a browser on the site's own pages does, and keeps its cookie.
class Browser {
 public:
  explicit Browser(Site& site) : site_(site) {}

  // send makes one request. `target` is path and query. Headers given replace the browser's own; an
  // empty value leaves one out.
  http::Response send(std::string_view method, std::string_view target, std::string_view body = {},
                      const Headers& headers = {});
  http::Response get(std::string_view target, const Headers& headers = {}) {
    return send("GET", target, {}, headers);
  }
  http::Response post_json(std::string_view target, std::string_view body,
                           const Headers& headers = {});
  http::Response post_form(std::string_view target, std::string_view body,
                           const Headers& headers = {});
  http::Response sign_up(std::string_view username, bool remember = true);
  http::Response log_in(std::string_view username, std::string_view password = kPassword);

  std::string cookie;  // the value in the jar; empty: none
  std::string device;  // name=value of the device cookie
  std::string user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

 private:
  void keep_cookie(const http::Response& response);
  Site& site_;
};

// header returns the only header of that name, or nothing. Twice fails the test; a device cookie
// beside that of the session is left out.
std::optional<std::string> header(const http::Response& response, std::string_view name);
// text writes the response as it goes over the wire.
std::string text(const http::Response& response, bool https = false);
// code returns the `code` of a problem+json body, or its status when it is none.
std::string code(const http::Response& response);
// json_text returns the string member `name`, wherever it stands first.
std::string json_text(std::string_view body, std::string_view name);
// device_line returns the Set-Cookie of the device cookie, or nothing.
std::optional<std::string> device_line(const http::Response& response);
bool sets_cookie(const http::Response& response);
bool blanks_cookie(const http::Response& response);

}  // namespace latchkey::testing
