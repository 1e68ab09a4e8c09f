#include "auth/device_binding/binding_state.h"

#include <algorithm>

#include "crypto/digest.h"
#include "crypto/signature.h"

namespace latchkey::auth {
namespace {

constexpr char kFormat = 1;
constexpr std::size_t kNumber = 8;
constexpr std::size_t kMostUsed = 3;
constexpr std::size_t kPoint = 2 * crypto::kP256Coordinate;

void put_binding_number(std::string& out, std::uint64_t value, std::size_t octets = kNumber) {
  for (std::size_t i = octets; i-- > 0;) out += static_cast<char>(value >> (8 * i));
}

// take_binding_number takes it off `in`, which is long enough.
std::uint64_t take_binding_number(std::string_view& in, std::size_t octets = kNumber) {
  std::uint64_t value = 0;
  for (const char c : in.substr(0, octets)) value = value << 8 | static_cast<std::uint8_t>(c);
  in.remove_prefix(octets);
  return value;
}

UnixTime binding_time(std::uint64_t millis) noexcept {
  return from_unix_millis(static_cast<std::int64_t>(millis));
}

bool read_device_key(std::string_view in, DeviceKey& key) {
  if (key.algorithm == ProofAlgorithm::es256) {
    key.octets = in;
    return in.size() == kPoint;
  }
  if (in.size() < 2) return false;
  const auto length = static_cast<std::size_t>(take_binding_number(in, 2));
  if (length > in.size()) return false;
  key.octets = in.substr(0, length);
  key.exponent = in.substr(length);
  return crypto::is_rsa_key(crypto::as_bytes(key.octets), crypto::as_bytes(key.exponent));
}

}  // namespace

std::optional<BindingState> BindingState::read(std::string_view in) {
  constexpr std::size_t kHead = 2 + 3 * kNumber + 1;
  if (in.size() < kHead || in.front() != kFormat) return std::nullopt;
  BindingState state;
  const auto algorithm = static_cast<ProofAlgorithm>(in[1]);
  if (algorithm != ProofAlgorithm::es256 && algorithm != ProofAlgorithm::rs256) return std::nullopt;
  state.key.algorithm = algorithm;
  in.remove_prefix(2);
  state.bound_at = binding_time(take_binding_number(in));
  state.refreshed_at = binding_time(take_binding_number(in));
  state.floor = take_binding_number(in);
  const auto count = static_cast<std::size_t>(take_binding_number(in, 1));
  if (count > kMostUsed || in.size() < count * kNumber) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) state.used.push_back(take_binding_number(in));
  if (!read_device_key(in, state.key)) return std::nullopt;
  return state;
}

std::string BindingState::write() const {
  std::string out(1, kFormat);
  out += static_cast<char>(key.algorithm);
  put_binding_number(out, static_cast<std::uint64_t>(to_unix_millis(bound_at)));
  put_binding_number(out, static_cast<std::uint64_t>(to_unix_millis(refreshed_at)));
  put_binding_number(out, floor);
  put_binding_number(out, used.size(), 1);
  for (const std::uint64_t number : used) put_binding_number(out, number);
  if (key.algorithm == ProofAlgorithm::rs256) put_binding_number(out, key.octets.size(), 2);
  return out.append(key.octets).append(key.exponent);
}

// What was used longest ago is forgotten, and with it everything before it.
bool BindingState::use(std::uint64_t number) {
  if (number <= floor || std::find(used.begin(), used.end(), number) != used.end()) return false;
  used.push_back(number);
  std::sort(used.begin(), used.end());
  if (used.size() > kMostUsed) {
    floor = used.front();
    used.erase(used.begin());
  }
  return true;
}

}  // namespace latchkey::auth
