#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/time.h"

namespace latchkey::auth {

enum class ProofAlgorithm : std::uint8_t { es256 = 1, rs256 = 2 };

// DeviceKey is a public key as a proof brought it.
struct DeviceKey {
  ProofAlgorithm algorithm = ProofAlgorithm::es256;
  std::string octets{};    // ES256: x and y; RS256: the modulus
  std::string exponent{};  // RS256
  friend bool operator==(const DeviceKey&, const DeviceKey&) = default;
};

// BindingState is what SessionRecord::binding holds:
//
//   binding = %x01 algorithm bound-at refreshed-at floor count *3used key
//   key     = x y / length modulus exponent      ; length has 2 octets, the exponent is the rest
//
// Numbers have eight octets, big-endian; times are milliseconds.
struct BindingState {
  DeviceKey key{};
  UnixTime bound_at{};
  UnixTime refreshed_at{};
  // Challenges are numbered in the order of time. Used are those in `used`, and all up to `floor`.
  std::uint64_t floor = 0;
  std::vector<std::uint64_t> used{};

  static std::optional<BindingState> read(std::string_view octets);
  std::string write() const;

  // use notes that the challenge `number` was answered. False: it was, or may have been, before.
  bool use(std::uint64_t number);
};

}  // namespace latchkey::auth
