#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "auth/device_binding/binding_state.h"

namespace latchkey::auth {

inline constexpr std::size_t kMaxProofBytes = 4096;

// unquoted takes a header's value as browsers send it: with the quotes of a structured field, or
// without.
std::string_view unquoted(std::string_view value) noexcept;

// ProofFault tells the log why a proof was refused; the client hears nothing of it.
enum class ProofFault : std::uint8_t {
  malformed,        // no compact JWS of strict JSON objects in canonical base64url
  wrong_type,       // `typ` is not dbsc+jwt
  wrong_algorithm,  // neither ES256 nor RS256, or not that of the bound key
  critical,         // `crit`, `b64`, `zip`
  unwanted_key,     // a key where one is bound already
  bad_key,          // no key, a weak one, a point beside the curve, a private one
  no_challenge,     // `jti` is no text
  bad_signature,
};
std::string_view proof_fault_name(ProofFault fault) noexcept;

// Proof is a JWS whose signature is right.
struct Proof {
  std::string challenge{};  // its `jti`, which nobody has looked at yet
  DeviceKey key{};          // what it was signed with
};

// ProofVerdict is a proof, or why it is none.
struct ProofVerdict {
  std::optional<Proof> proof{};
  ProofFault fault = ProofFault::malformed;
};

// check_proof checks a proof that brings its key (`bound` is nullptr, R163) or one of the key that
// is bound. The key of a registration is checked in full.
ProofVerdict check_proof(std::string_view jws, const DeviceKey* bound);

}  // namespace latchkey::auth
