#include "given.h"
//% each
namespace SNIPPET {
using given::auth;
void snippet(const httplib::Request& request, httplib::Response& response,
             latchkey::AuthSession& session) {
  (void)request, (void)response, (void)session;
  //% here
}
}  // namespace SNIPPET
