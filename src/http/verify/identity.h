#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "http/verify/verify_options.h"
#include "latchkey/record.h"

namespace latchkey::http {

// Identity is who asks: nobody, unless there is a session.
struct Identity {
  const SessionRecord* session = nullptr;
  const User* user = nullptr;
  Millis age{0};  // over 0: the store failed, and a copy of this age told who it is
};

// append_identity puts the headers on `response` that tell an application who asks. All of them are
// always there, empty when there is nothing to tell, because a proxy passes the client's own header
// on where ours is missing. docs/http_api.md has the list.
void append_identity(Response& response, const VerifySettings& settings, const Identity& who);

// header_text makes any text fit for a header: all but printable ASCII, and '%' itself, is
// percent-encoded, so no two texts become one.
std::string header_text(std::string_view text);

}  // namespace latchkey::http
