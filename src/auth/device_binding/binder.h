#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "auth/device_binding/binding_state.h"
#include "crypto/hmac_key.h"
#include "latchkey/codec/cookie.h"
#include "latchkey/device_binding.h"
#include "latchkey/entropy.h"
#include "latchkey/ids.h"

namespace latchkey::auth {

// ChallengeKind is where a challenge may be answered.
enum class ChallengeKind : std::uint8_t { registration = 1, refresh = 2 };

// Binder makes and reads what device-bound sessions send over the wire. No store: all of it is
// sealed with a key that is derived from the store's slot key, so every node reads it.
//
//   challenge = base64url(kind life number nonce mac)  ; octets: 1, 2 (seconds), 8, 16, 32
//   number    = milliseconds * 65536 + random          ; unique, in the order of time
//   bound     = base64url(%x01 until mac)              ; octets: 1, 8, 32: the short cookie
//
// `mac` is HMAC-SHA256 over what it is for, what stands before it, and the session's id.
class Binder {
 public:
  // make refuses (Errc::bad_config) what `options` cannot be together with.
  static Result<Binder> make(DeviceBindingOptions options, const CookieOptions& session,
                             std::string origin, std::span<const std::uint8_t> slot_key);

  const DeviceBindingOptions& options() const noexcept { return options_; }
  const std::string& cookie_name() const noexcept { return cookie_.options().name; }
  // offers: browsers take an offer over https only.
  bool offers() const noexcept { return offers_; }

  // challenge draws one that is good for `life`.
  Result<std::string> challenge(ChallengeKind kind, const SessionId& session, Millis life,
                                UnixTime now, Entropy& entropy) const;
  // challenge_number returns the number of a challenge that was made here for this session, for
  // this use, and is in its time. It may have been answered before.
  std::optional<std::uint64_t> challenge_number(std::string_view text, ChallengeKind kind,
                                                const SessionId& session, UnixTime now) const;

  // write_cookie returns the Set-Cookie value of the short cookie; proves reads its value.
  Result<std::string> write_cookie(const SessionId& session, UnixTime now) const;
  std::string blank_cookie() const { return cookie_.blank(); }
  bool proves(std::string_view value, const SessionId& session, UnixTime now) const noexcept;

  // offer is the value of Secure-Session-Registration.
  std::string offer(std::string_view challenge) const;
  // instructions are the JSON that both routes answer with.
  std::string instructions(const SessionId& session) const;

 private:
  Binder(DeviceBindingOptions options, CookieWriter cookie, std::string origin, bool offers,
         std::span<const std::uint8_t> key);
  std::array<std::uint8_t, 32> mac(std::string_view purpose, std::string_view stem,
                                   const SessionId& session) const noexcept;

  DeviceBindingOptions options_;
  CookieWriter cookie_;
  std::string origin_;
  bool offers_;
  crypto::HmacKey key_;
};

// end_instructions are the JSON that ends a binding in the browser. Chromium wants the name, too.
std::string end_instructions(const SessionId& session);

}  // namespace latchkey::auth
