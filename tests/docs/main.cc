#include "given.h"
//% each
namespace SNIPPET {
using namespace given;
httplib::Response response;
int snippet() {
  //% here
  return 0;
}
}  // namespace SNIPPET
