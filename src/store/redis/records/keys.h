#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "latchkey/ids.h"
#include "latchkey/store.h"

namespace latchkey::redis {

// Place is where a call goes: the slot, the marker that stands in that slot, and what the keys of
// the call begin with, or the one key of the call.
struct Place {
  std::uint16_t slot = 0;
  std::string marker{};
  std::string base{};
};

// Keys gives names to keys. Without a cluster there is one marker and every key begins with the
// prefix. In a cluster each slot has a marker of its own, so that a node that was emptied is
// noticed whatever it is asked for, and what belongs together shares a hash tag.
class Keys {
 public:
  Keys(std::string prefix, bool cluster) : prefix_(std::move(prefix)), cluster_(cluster) {}

  bool cluster() const noexcept { return cluster_; }
  // set_slot_key must be called before of_user.
  void set_slot_key(const std::array<std::uint8_t, 32>& key) noexcept { slot_key_ = key; }

  Place of_session(const SessionId& id) const;
  Place of_user(const UserId& user) const;
  // The base of these is the whole key.
  Place of_name(std::string_view username_key) const { return free_key("n:", username_key); }
  Place of_denial(std::string_view key) const { return free_key("d:", key); }
  Place of_counter(std::string_view key) const { return free_key("c:", key); }
  Place of_secret(std::string_view hash) const { return free_key("h:", hash); }
  // All events, and what the store knows about them: one slot.
  Place of_events() const { return at(prefix_ + (cluster_ ? "{events}" : "events")); }
  Place of_ring() const { return at(prefix_ + "keys"); }
  Place of_key(std::string key) const { return at(std::move(key)); }
  Place of_meta() const { return at(prefix_ + "meta"); }

  // belongs tells whether a cluster can keep a session `id` of `user`: its tag is the user's.
  bool belongs(const SessionId& id, const UserId& user) const;
  std::string marker(std::uint16_t slot) const;
  std::string session_key(const SessionId& id) const;
  // Patterns of SCAN, and the way back from such keys; owner_of goes from users and epochs.
  std::string session_pattern() const { return prefix_ + (cluster_ ? "{*}s:*" : "s:*"); }
  std::string user_pattern() const { return prefix_ + (cluster_ ? "{*}u:*" : "u:*"); }
  std::string epoch_pattern() const { return prefix_ + (cluster_ ? "{*}e:*" : "e:*"); }
  std::string denial_pattern() const { return prefix_ + (cluster_ ? "d:{*}" : "d:*"); }
  std::optional<SessionId> session_of(std::string_view key) const;
  std::optional<UserId> owner_of(std::string_view key) const;
  std::optional<std::string> denial_of(std::string_view key) const;

  // note adds what a change of `key` means to caches.
  void note(std::string_view key, Invalidation& out) const;

 private:
  Place at(std::string key) const;
  Place free_key(std::string_view kind, std::string_view name) const;
  Place tagged(std::string_view tag) const;
  // tail returns what follows prefix and tag, or nothing that begins with a kind.
  std::string_view tail(std::string_view key) const;

  std::string prefix_;
  bool cluster_;
  std::array<std::uint8_t, 32> slot_key_{};
};

}  // namespace latchkey::redis
