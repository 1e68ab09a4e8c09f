#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json/json.h"

// What a session of another system looks like. Applications also make other things with the secret
// of their sessions: links that verify an address or reset a password, invitations, tokens for an
// API. Those must not log anybody in, so what a session is not known to carry is refused.
namespace latchkey::session {

// ExpectedMember is a member that sessions of the old application carry. With values a session has
// it, as one of them.
struct ExpectedMember {
  std::string name{};
  std::vector<std::string> values{};
};

struct SessionShape {
  std::string user{};  // the path to the user's id, such as "user.id"
  std::vector<ExpectedMember> members{};
};

// ShapeFault says why something is no session; `member` is the name of the member that shows it.
struct ShapeFault {
  std::string_view why{};
  std::string member{};
};

// read_expected_members reads "NAME", "NAME=VALUE" (several of one name: any of the values) and
// "NAME=*" (any value). A name that speaks of a purpose needs a value. The error names the entry.
struct ExpectedMembers {
  std::vector<ExpectedMember> members{};
  std::string error{};
};
ExpectedMembers read_expected_members(const std::vector<std::string>& entries);

// find_fault looks for what shows that `content`, an object, is no session: a member that speaks of
// another purpose, a log-in that is not finished, an expected value that is missing.
std::optional<ShapeFault> find_fault(const codec::Json& content, const SessionShape& shape);

// find_token_fault does the same for the claims of a token that any library may have signed: what
// is neither a usual claim of a session nor expected is a fault, too.
std::optional<ShapeFault> find_token_fault(const codec::Json& claims, const SessionShape& shape);

// find_header_fault judges the protected header of a token: its `typ` is `type`, or JWT or absent
// when `type` is empty, and there is nothing in it but algorithms, key id and type.
std::optional<ShapeFault> find_header_fault(std::string_view header, std::string_view type);

}  // namespace latchkey::session
