#include "auth/cookie_rule.h"

namespace latchkey::auth {
namespace {

CookieAction after_look(const CookieFacts& facts) noexcept {
  // What loads ahead of a click changes nothing (R12).
  if (facts.prefetch) return CookieAction::keep;
  if (facts.brought == Brought::nothing) return CookieAction::keep;
  if (facts.brought == Brought::one && facts.state == SessionState::active) {
    if (!facts.token) return CookieAction::keep;
    if (facts.due) return CookieAction::write;
    return facts.offers ? CookieAction::write : CookieAction::keep;
  }
  if (facts.unknown_key) return CookieAction::keep;
  // The answer to a script may arrive after a log-in in another tab, and would delete its cookie.
  return facts.navigation ? CookieAction::remove : CookieAction::keep;
}

}  // namespace

CookieAction cookie_rule(const CookieFacts& facts) noexcept {
  if (facts.bearer) return CookieAction::keep;
  if (!facts.may_write) return CookieAction::keep;
  if (facts.moment == Moment::end) return CookieAction::remove;
  if (facts.moment == Moment::look) return after_look(facts);
  return facts.token ? CookieAction::write : CookieAction::keep;
}

std::string_view cookie_action_name(CookieAction action) noexcept {
  switch (action) {
    case CookieAction::write:
      return "write";
    case CookieAction::remove:
      return "remove";
    case CookieAction::keep:
      break;
  }
  return "keep";
}

}  // namespace latchkey::auth
