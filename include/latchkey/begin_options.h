#pragma once

#include <string_view>

// What a route passes to Auth::begin in addition to the request.
//
//   auto session = auth.begin(request, {.passive = true, .route = "status"});  // no activity
namespace latchkey {

// BeginOptions hold what the program knows about a request but Auth cannot see.
struct BeginOptions {
  bool may_write = true;  // false: the headers have been sent already (a page that is streaming)
  bool passive = false;   // the request does not count as activity: a status poll
  bool fresh = false;     // bypass the cache
  bool offers = true;     // hybrid: write new snapshots even if no other cookie has to be written
  // with_user: user() will be called, so both are read in one round trip. Uses no snapshot.
  bool with_user = false;
  std::string_view route = "none";  // for log lines; never the path itself: it may hold anything
  // cross_site: a provider posts here from its own site, as OAuth's form_post does. No origin is
  // checked; the program checks the `state` it gave away.
  bool cross_site = false;
  // json_only: the route itself refuses everything except application/json, so no form can reach
  // it, and a client that sends no Origin is not a browser.
  bool json_only = false;
  // page: treat the request as a page load even if its headers do not say so, such as a
  // framework's request for an action.
  bool page = false;
  // keep_bad_cookie: the route is not a page, whatever the headers say, or redirects to one that
  // says why a session has ended.
  bool keep_bad_cookie = false;
  // client_address is what the program knows of the client; empty: read it from the request.
  std::string_view client_address{};
  // request_id names the request in events, as the program's own log does; empty: X-Request-Id of a
  // trusted proxy.
  std::string_view request_id{};
  // own_origin: a proxy asks for another application, whose pages have this origin and may send
  // unsafe requests. Empty, or not an origin of a page: the origin of the public URL.
  std::string_view own_origin{};
  // take_over: a session of another system may be taken over, which changes two cookies. Do not
  // set it where a cookie may be lost on its way to the browser.
  bool take_over = true;
  // stale_ok: while the store does not answer, use a copy of at most NearCacheOptions::max_stale.
  // AuthSession::stale_for() returns its age. For checks that only read.
  bool stale_ok = false;
};

}  // namespace latchkey
