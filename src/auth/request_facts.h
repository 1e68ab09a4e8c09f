#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "latchkey/origin_check.h"
#include "latchkey/request_view.h"

namespace latchkey::auth {

// RequestFacts are what decisions need to know of a request. Views into the request.
class RequestFacts {
 public:
  explicit RequestFacts(const RequestView& request);

  std::string_view method;
  std::string_view target;
  std::string_view peer;
  std::optional<std::string_view> sec_fetch_site{};
  std::optional<std::string_view> origin{};
  std::string_view sec_fetch_mode{};
  std::string_view accept{};
  std::optional<std::string_view> content_type{};
  std::string_view user_agent{};
  // What a browser sends to the routes of a bound session; empty text when one came twice.
  std::optional<std::string_view> device_proof{};
  std::optional<std::string_view> device_session{};
  bool refresh_failed = false;    // it asked for a new proof there, and this server failed
  std::string_view request_id{};  // anybody's text, unless a trusted proxy sent the request
  bool repeated = false;          // Origin or Sec-Fetch-Site came more than once
  bool prefetch = false;          // a page that is loaded before anybody asked for it
  // A handshake that a foreign page can ask for, too. Some proxies pass on no Upgrade, which is of
  // one connection, and HTTP/2 has none; no page can set or leave out the headers Sec-WebSocket-*.
  bool web_socket = false;
  bool page_data = false;  // a framework loads a page by itself (Next.js)

  // More Cookie lines than any browser sends count as a name that came twice.
  bool too_many_cookies() const noexcept { return too_many_cookies_; }
  std::span<const std::string_view> cookie_lines() const noexcept {
    return {cookies_.data(), cookie_count_};
  }
  // The last X-Forwarded-For lines: what is left of them decides nothing.
  std::span<const std::string_view> forwarded() const noexcept {
    return {forwarded_.data(), forwarded_count_};
  }
  // bearer returns the token of `Authorization: Bearer`; empty text when there is no good one, and
  // nothing when the client did not try.
  std::optional<std::string_view> bearer() const noexcept;

  // safe: the method promises to change nothing. A web socket does not.
  bool safe() const noexcept;
  // navigation: a person waits for a page, and can be sent to another one.
  bool navigation() const noexcept;
  // origin_facts are what the origin check needs; `json_only`: the route takes no other body.
  guard::OriginFacts origin_facts(bool json_only = false) const noexcept;
  // simple_body: a foreign page could have sent this without asking (a form, or no body).
  bool simple_body() const noexcept;

 private:
  void see(std::string_view name, std::string_view value);
  void see_cookie(std::string_view line) noexcept;
  void see_forwarded(std::string_view line) noexcept;

  std::array<std::string_view, 16> cookies_;
  std::size_t cookie_count_ = 0;
  bool too_many_cookies_ = false;
  bool types_ = false;  // Content-Type came more than once
  std::array<std::string_view, 8> forwarded_;
  std::size_t forwarded_count_ = 0;
  std::string_view authorization_{};
  std::size_t authorizations_ = 0;
};

}  // namespace latchkey::auth
