#pragma once

#include <string>
#include <string_view>

namespace latchkey::redis {

// Script is a Lua program that Redis runs as one atomic step. Each gets the marker as KEYS[1], the
// instance as ARGV[1] and the base of its keys as ARGV[2], and refuses to run in a store that lost
// its marker. docs/formats/redis.md tells what each takes and answers.
class Script {
 public:
  // `flags` are those of the shebang line: no-writes, or allow-oom for what must work when Redis is
  // full, because it ends sessions.
  Script(std::string_view flags, std::string_view body);

  const std::string& text() const noexcept { return text_; }
  const std::string& sha() const noexcept { return sha_; }

 private:
  std::string text_;
  std::string sha_;
};

// The scripts of sessions.
extern const Script kFind, kInsert, kTouch, kReplace, kRemove, kRemoveUser, kList, kPrune;
// Those of users, epochs, denials and keys.
extern const Script kAddUser, kFindUser, kSetPassword, kUpgradeHash, kSetAttributes, kSetDisabled,
    kDeleteUser, kClaimName, kMoveName, kReadName, kEpoch, kDeny, kDenied, kPruneDenial, kTake,
    kSettle, kStanding, kReadKeys, kPutKeys;
// Those of one-time secrets and events.
extern const Script kClaimSecret, kPutSecret, kFindSecret, kTakeSecret, kRemoveSecrets,
    kAppendEvents, kListEvents, kAddressedEvents, kReplaceEvents, kOldEvents, kDropEvents;
// kProbe calls every command that a script of this store may call, on a key that is gone after it.
extern const Script kProbe;

// Answers of scripts that say how it went.
inline constexpr std::int64_t kDone = 0;

// What is past its deadline stays for a while, so that its owner can be told why.
inline constexpr std::string_view kLostMarker = "LATCHKEYLOST";

}  // namespace latchkey::redis
