#pragma once

#include <string>
#include <string_view>

namespace latchkey::http {

// describe_device makes a user agent readable, such as "Firefox on Linux"; "Unknown device" when it
// says nothing known. The answer holds none of the agent's own text.
std::string describe_device(std::string_view user_agent);

}  // namespace latchkey::http
