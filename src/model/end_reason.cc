#include "latchkey/record.h"

namespace latchkey {

std::string_view end_reason_name(EndReason reason) noexcept {
  switch (reason) {
    case EndReason::logout:
      return "logout";
    case EndReason::evicted:
      return "evicted";
    case EndReason::expired:
      return "expired";
    case EndReason::password_changed:
      return "password_changed";
    case EndReason::replaced:
      return "replaced";
    case EndReason::revoked:
      break;
  }
  return "revoked";
}

}  // namespace latchkey
