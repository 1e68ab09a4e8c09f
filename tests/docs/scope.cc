#include "given.h"
//% each
namespace snippet_@ {
using given::auth;
using given::server;
//% here
}  // namespace
