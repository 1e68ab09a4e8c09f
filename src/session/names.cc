#include "latchkey/sessions.h"

namespace latchkey {

std::string_view session_state_name(SessionState state) noexcept {
  switch (state) {
    case SessionState::expired:
      return "expired";
    case SessionState::revoked:
      return "revoked";
    case SessionState::active:
      return "active";
    case SessionState::none:
      break;
  }
  return "no_session";
}

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

std::string_view carrier_name(Carrier carrier) noexcept {
  switch (carrier) {
    case Carrier::encrypted_id:
      return "encrypted_id";
    case Carrier::hybrid:
      return "hybrid";
    case Carrier::sealed:
      return "sealed";
    case Carrier::signed_token:
      return "signed";
    case Carrier::stored:
      break;
  }
  return "stored";
}

std::optional<Carrier> find_carrier(std::string_view name) noexcept {
  for (const Carrier carrier : {Carrier::stored, Carrier::encrypted_id, Carrier::hybrid,
                                Carrier::sealed, Carrier::signed_token}) {
    if (name == carrier_name(carrier)) return carrier;
  }
  return std::nullopt;
}

}  // namespace latchkey
