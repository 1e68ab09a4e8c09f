#pragma once

#include <string>
#include <string_view>

#include "latchkey/result.h"

namespace latchkey::postgres {

// SQLSTATEs that our own functions raise.
inline constexpr std::string_view kOtherInstance = "LK001";
inline constexpr std::string_view kWrongIsolation = "LK002";
inline constexpr std::string_view kUniqueViolation = "23505";
inline constexpr std::string_view kCancelled = "57014";
inline constexpr std::string_view kMissingRight = "42501";

// to_error says what an SQLSTATE means and what to do about it. The server's own words are left
// out: they may quote values.
Error to_error(std::string_view sqlstate);

// with_advice adds to libpq's `reason` for a connection that did not come about what to do about
// it.
std::string with_advice(std::string reason);

// is_transient tells whether a transaction that ended so may be run again at once.
bool is_transient(std::string_view sqlstate) noexcept;

Error lost_instance();

// unconnected is the error of a connection that did not come about: what libpq says, and the
// server's SQLSTATE if it was reached.
Error unconnected(std::string_view sqlstate, std::string_view reason);

// is_refusal tells of the detail of an Error, which others may have put words around, whether the
// server was reached and refused, so that trying again alone does not help.
bool is_refusal(std::string_view detail) noexcept;

}  // namespace latchkey::postgres
