#pragma once

#include <cstdint>
#include <string_view>

#include "latchkey/record.h"

// The revision of a session that no row holds: docs/carriers.md, "Revision".
namespace latchkey::session {

// next_revision is that of `session` after a change at `now` that leaves `attributes`: greater than
// the one before, and another one than that of a parallel change to other attributes.
std::int64_t next_revision(const SessionRecord& session, std::string_view attributes,
                           UnixTime now) noexcept;

// revision_of_content stands in for it where a text of an earlier form has none: a checksum, which
// tells that something has changed but not what is newer. 1 without attributes.
std::int64_t revision_of_content(std::string_view attributes) noexcept;

// set_carried makes `record` one that no row holds.
void set_carried(SessionRecord& record, std::int64_t epoch, std::int64_t revision) noexcept;

}  // namespace latchkey::session
