#include "latchkey/carrier.h"

namespace latchkey {

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
