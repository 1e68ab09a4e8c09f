#pragma once

#include <string_view>

#include "http/message.h"

// The server may be below a path of its origin, such as https://example.com/auth. Routes and pages
// are written as if it were at the root.
namespace latchkey::http {

// is_base_path tells whether `path` can be one: plain segments of letters, digits and "-._~", no
// '/' at its end, and nothing that a route of ours begins with.
bool is_base_path(std::string_view path) noexcept;

// without_base takes `base` off a path. A path that is not below it stays as it is: some proxies
// take it off themselves.
std::string_view without_base(std::string_view path, std::string_view base) noexcept;

// add_base makes Location and the addresses in a page lead below `base`. What a page was given by
// others cannot look like one of them, because its quotes are escaped.
void add_base(Response& response, std::string_view base);

}  // namespace latchkey::http
