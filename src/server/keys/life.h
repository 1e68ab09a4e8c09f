#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/entropy.h"
#include "latchkey/key.h"
#include "latchkey/result.h"
#include "server/keys/file.h"

namespace latchkey::server {

// A key's life: made as `next`, known to every node before it writes; it writes from activates_at
// on, reads what it wrote when the next one takes over, and is gone when the last token made with
// it is dead. Nothing here reads or writes files.

// kReloadInterval is how long a running server may take to see a changed key file.
inline constexpr Millis kReloadInterval = std::chrono::seconds{10};

// settle_keys gives every key the state it has at `now`: the `next` key activated last becomes the
// primary, and what wrote before it reads only.
void settle_keys(std::vector<Key>& keys, UnixTime now);

// wrote_until returns when `key` stopped writing: when its successor was activated. Nothing: it
// writes still, or never wrote.
std::optional<UnixTime> wrote_until(const std::vector<Key>& keys, const Key& key);

// prepare_key adds a `next` key that waits for rotate_keys. Returns its id.
Result<std::string> prepare_key(KeyFile& file, UnixTime now, Entropy& entropy);

// rotate_keys lets a waiting key, or a new one, write from two reload intervals on. Returns its id.
// conflict when another one is already on its way.
Result<std::string> rotate_keys(KeyFile& file, UnixTime now, Entropy& entropy);

// retire_key erases a key's secret; what was made with it opens no more. not_found: no such key;
// conflict: it is the one that writes, or, unless `force`, tokens made with it may still live,
// which is until it wrote and `token_life` passed.
Result<void> retire_key(KeyFile& file, std::string_view id, UnixTime now, Millis token_life,
                        bool force);

}  // namespace latchkey::server
