#pragma once

#include <optional>
#include <string>

// A change of the data in a session, by name: AuthSession::set uses it.
namespace latchkey {

// AttributeEdit is one change of a session's attributes: the member `name` becomes `json`, whole,
// or is erased. Unlike a merge patch it never mixes an old object with a new one:
//
//   const AttributeEdit edits[] = {{"cart", R"({"apples":3})"}, {"coupon", std::nullopt}};
//
// `json` is one JSON value and not null, which would say neither "absent" nor "empty".
struct AttributeEdit {
  std::string name{};
  std::optional<std::string> json{};  // nothing: erase
};

}  // namespace latchkey
