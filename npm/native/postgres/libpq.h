#pragma once

#include <string>

namespace latchkey::node {

// load_libpq finds the system's libpq, which postgres: stores need. Returns what is wrong, or
// nothing. Comes before the first such store is opened; later calls do nothing. Thread-safe.
std::string load_libpq();

}  // namespace latchkey::node
