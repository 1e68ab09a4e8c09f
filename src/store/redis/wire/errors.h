#pragma once

#include <string_view>

#include "latchkey/result.h"
#include "store/redis/wire/reply.h"

namespace latchkey::redis {

// to_error says what an error reply means and what an operator can do.
Error to_error(const Reply& reply);

// refuses_writes_for_now tells whether `error` is of a server whose memory or disk is full, or
// whose replicas are away: it may be read, and will be written again.
bool refuses_writes_for_now(const Error& error) noexcept;
// is_refusal tells of the detail of an Error, which others may have put words around, whether the
// server was reached and refused, so that trying again alone does not help.
bool is_refusal(std::string_view detail) noexcept;

// These errors mean that nothing was done. is_redirect: another node is to be asked. is_moving: the
// slot is between two nodes, and what is wanted not all on one of them. is_passing: later.
bool is_redirect(const Reply& reply) noexcept;
bool is_moving(const Reply& reply) noexcept;
bool is_passing(const Reply& reply) noexcept;

}  // namespace latchkey::redis
