#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/app.h"
#include "http/service.h"
#include "http/verify/original.h"
#include "latchkey/auth.h"

namespace latchkey::http {

// Body tells what a route's unsafe methods accept.
enum class Body : std::uint8_t {
  none,  // nothing, or application/json that is not looked at
  json,
  form,  // application/x-www-form-urlencoded
};

// Route is one address. HEAD is answered as GET is.
struct Route {
  std::string_view path;
  bool prefix = false;  // the path goes on with one more segment
  // verify: any method, with whatever body, which is not read. VerifyCall answers.
  std::optional<Dialect> verify{};
  PlainHandler plain = nullptr;  // GET where it makes no difference who asks
  Handler get = nullptr;
  Handler post = nullptr;
  Handler remove = nullptr;  // DELETE
  BeginOptions read{};       // of `get`
  BeginOptions write{};      // of the others
  Body body = Body::none;
  Lane read_lane = Lane::inline_read;
  Lane write_lane = Lane::blocking;
  bool lists = false;        // `get` asks the store for more than the session
  bool fresh_query = false;  // ?fresh=1 asks the store and not a copy
};

std::span<const Route> all_routes() noexcept;
// find_route returns the route of `path`, or nullptr.
const Route* find_route(std::string_view path) noexcept;
// pattern_of is the path of its route, for logs: the path itself may hold what no log may.
std::string_view pattern_of(std::string_view path) noexcept;
// route_names are the patterns of all routes, and "none" as the last; route_index is the place of
// `path` among them.
std::span<const std::string_view> route_names();
std::size_t route_index(std::string_view path) noexcept;
// find_handler returns the handler of `method` on a route, or nullptr.
Handler find_handler(const Route& route, std::string_view method) noexcept;
// begin_options say how the session of `request` is begun there.
BeginOptions begin_options(const Route& route, const Request& request);
// allowed_methods is the value of an Allow header.
std::string allowed_methods(const Route& route);

// reads_body tells whether the answer to `request` depends on its body.
bool reads_body(const Request& request) noexcept;

// is_api_path tells whether errors at `path` are JSON; elsewhere they are pages.
bool is_api_path(std::string_view path) noexcept;

}  // namespace latchkey::http
