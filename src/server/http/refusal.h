#pragma once

#include <string_view>

#include "http/message.h"

namespace latchkey::server {

// refusal makes the problem+json answer for a request that never reached a handler; `status` is one
// the parser or a connection gives. 503 carries Retry-After. All but an overload end the
// connection. With the `path` of a page, where it is known, people get a page instead.
http::Response refusal(int status, std::string_view path = {});

}  // namespace latchkey::server
