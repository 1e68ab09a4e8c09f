#pragma once

#include <string_view>

// What a route tells Auth::begin, beyond the request itself.
//
//   auto session = auth.begin(request, {.passive = true, .route = "status"});  // no activity
namespace latchkey {

// BeginOptions tell what a program knows about a request and Auth cannot see.
struct BeginOptions {
  bool may_write = true;  // false: no header can be added any more (a page that is streaming)
  bool passive = false;   // the request is no activity of the user: a status poll
  bool fresh = false;     // ask the store and no copy
  bool offers = true;     // hybrid: write new snapshots when nothing else has to be written
  // with_user: user() will be asked, so both are read in one round trip. No snapshot answers then.
  bool with_user = false;
  std::string_view route = "none";  // for log lines; never the path itself: it may hold anything
  // cross_site: a provider posts here from its own site, as OAuth's form_post does. No origin is
  // checked; the program checks the `state` it gave away.
  bool cross_site = false;
  // json_only: whatever is not application/json is refused by the route itself, so a form cannot
  // get through, and a client without Origin is no browser.
  bool json_only = false;
  // page: somebody waits for this answer, also where the headers do not say so, as those of a
  // framework's own request for an action do not.
  bool page = false;
  // keep_bad_cookie: the route is no page, whatever the headers say, or sends on to one that tells
  // why a session has ended.
  bool keep_bad_cookie = false;
  // client_address is what the program knows of the client; empty: read it from the request.
  std::string_view client_address{};
  // request_id names the request in events, as the program's own log does; empty: X-Request-Id of a
  // trusted proxy.
  std::string_view request_id{};
  // own_origin: a proxy asks for another application, whose pages have this origin and may send
  // what changes something. Empty, or no origin a page can have: that of the public URL.
  std::string_view own_origin{};
  // take_over: a session of another system may be taken over, which takes two answers' cookies. Not
  // where a cookie may be lost on its way to the browser.
  bool take_over = true;
  // stale_ok: while the store does not answer, a copy of at most NearCacheOptions::max_stale may.
  // AuthSession::stale_for() tells. For checks that only read.
  bool stale_ok = false;
};

}  // namespace latchkey
