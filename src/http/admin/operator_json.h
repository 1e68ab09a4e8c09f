#pragma once

#include <string>

#include "latchkey/record.h"
#include "latchkey/store/event_store.h"
#include "latchkey/time.h"

// What operators are shown, on the command line and by the admin API alike. Nothing in it is
// secret.
namespace latchkey::http {

std::string operator_json(const SessionRecord& record, UnixTime now);
// A session that has ended: its state and why.
std::string operator_json(const Tombstone& tombstone);
std::string operator_json(const User& user);
std::string operator_json(const Event& event);

}  // namespace latchkey::http
