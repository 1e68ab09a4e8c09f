#include "given.h"
//% each
namespace SNIPPET {
using given::auth;
using given::server;
//% here
}  // namespace SNIPPET
