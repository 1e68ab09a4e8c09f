#include "given.h"
//% each
namespace snippet_@ {
using namespace given;
httplib::Response response;
int snippet() {
//% here
  return 0;
}
}  // namespace
