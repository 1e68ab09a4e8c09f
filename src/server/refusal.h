#pragma once

#include "http/message.h"

namespace latchkey::server {

// refusal makes the problem+json answer for a request that never reached a handler; `status` is one
// the parser or a connection gives. 503 carries Retry-After. All but an overload end the
// connection.
http::Response refusal(int status);

}  // namespace latchkey::server
