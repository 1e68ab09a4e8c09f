#include "base/fork.h"

namespace latchkey {

Error forked_error() {
  return Error{
      Errc::bad_config,
      "this process was forked after the store was opened, and a child cannot use what its "
      "parent opened: open the store in the child, after fork()"};
}

}  // namespace latchkey
