#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/entropy.h"
#include "latchkey/ids.h"
#include "latchkey/keyring.h"
#include "session/mint.h"

namespace latchkey::account {

// DeviceCookies make and read the value of the device cookie, which proves that a user has logged
// in from this browser before (R84):
//
//   value = "1" 1*4entry            ; one for each user of the browser, the newest first
//   entry = base64url(id issued mac) ; 12 octets, seconds in 5 octets (big-endian), 16 octets
//
// `mac` is HMAC-SHA256 over user id, id and issued, cut to 16 octets, with a key that is derived
// from the primary key of the ring (and checked with every other), or from the store's slot key
// where there is no ring. The value does not name the user. It opens nothing by itself.
class DeviceCookies {
 public:
  DeviceCookies(const session::SlotKey& slot_key, std::shared_ptr<const SharedKeyRing> keys,
                Millis life)
      : slot_key_(slot_key), keys_(std::move(keys)), life_(life) {}

  // find returns the id of this device for `user`; nothing when the value does not prove one.
  std::optional<std::string> find(std::string_view value, const UserId& user, UnixTime now) const;
  // issue returns the value for a browser that has `before` and where `user` has just logged in.
  // A device that is known keeps its id.
  Result<std::string> issue(std::string_view before, const UserId& user, UnixTime now,
                            Entropy& entropy) const;

 private:
  std::string mac(const SecretBytes& key, const UserId& user, std::string_view stem) const;
  SecretBytes writing_key(UnixTime now) const;
  bool proves(std::string_view entry, const UserId& user, UnixTime now) const;

  const session::SlotKey slot_key_;
  const std::shared_ptr<const SharedKeyRing> keys_;
  const Millis life_;
};

}  // namespace latchkey::account
