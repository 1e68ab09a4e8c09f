#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "latchkey/record.h"
#include "latchkey/result.h"

// What stands under a session's key: docs/formats/redis.md.
namespace latchkey::redis {

// check_times refuses a record whose times the packed form cannot hold: before 1970, or after the
// year 10889.
Result<void> check_record(const SessionRecord& record);

// pack writes a record that check_record accepts; the id is the key and not part of it.
std::string pack(const SessionRecord& record, std::int64_t version);

// Value is what a key holds; monostate: not what pack or a script writes.
using Value = std::variant<std::monostate, SessionRecord, Tombstone>;
Value unpack(const SessionId& id, std::string_view bytes);

}  // namespace latchkey::redis
