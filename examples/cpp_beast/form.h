#pragma once

#include <string>
#include <string_view>

// Beast leaves the reading of forms to the program.
namespace example {

// form_value returns the first value of `name` in an urlencoded body; empty when there is none.
std::string form_value(std::string_view body, std::string_view name);
// query_value looks in the query of a target.
std::string query_value(std::string_view target, std::string_view name);

}  // namespace example
