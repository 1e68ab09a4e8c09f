#pragma once

#include <string>
#include <string_view>

#include "server/settings/settings.h"

// The variables LATCHKEY_*: which setting each one is, and which are not ours.
namespace latchkey::server {

// Variable is what a name stands for.
struct Variable {
  const Setting* setting = nullptr;  // nullptr: no setting
  bool file = false;                 // NAME_FILE: the value is in the file it names
};

// find_variable knows LATCHKEY_SECTION_KEY, the names that the npm package has for the same two
// things (LATCHKEY_PUBLIC_URL, LATCHKEY_STORE), and each of them with _FILE.
Variable find_variable(std::string_view name);

// is_of_others tells whether another part of latchkey reads the variable, or a cluster made it for
// a service whose name begins with "latchkey" (LATCHKEY_PORT=tcp://..., LATCHKEY_SERVICE_HOST).
bool is_of_others(std::string_view name, std::string_view value);

// unknown_variable says that `name` is no setting, and which it perhaps was meant to be.
std::string unknown_variable(std::string_view name);

}  // namespace latchkey::server
