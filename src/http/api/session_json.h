#pragma once

#include <string>

#include "latchkey/record.h"
#include "latchkey/time.h"

namespace latchkey::http {

// seconds_left returns the whole seconds until the earlier deadline of `record`, never below 0.
std::int64_t seconds_left(const SessionRecord& record, UnixTime now) noexcept;

// append_text appends foreign text as a JSON string; broken UTF-8 is left out.
void append_text(std::string& out, std::string_view text);

// session_and_user_json is the body of GET /v1/session. nullptr: the store does not know the user.
// verify_json is the same for Oathkeeper: `subject` is the user's id and `extra` the rest; nullptr:
// nobody.
std::string verify_json(const SessionRecord* record, const User* user, UnixTime now);
std::string session_and_user_json(const SessionRecord& record, const User* user, UnixTime now);

// append_session appends the fields of one session: those of GET /v1/session, and with `device`
// also where it is used from.
struct SessionJson {
  bool current = false;
  bool device = false;
};
void append_session(std::string& out, const SessionRecord& record, UnixTime now,
                    const SessionJson& options);

}  // namespace latchkey::http
