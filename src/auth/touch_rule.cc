#include "auth/touch_rule.h"

namespace latchkey::auth {

bool may_touch(const TouchFacts& facts) noexcept {
  if (facts.passive) return false;
  if (facts.prefetch) return false;
  if (facts.may_write) return true;
  if (is_stateless(facts.carrier)) return false;
  return !facts.renew_cookie;
}

}  // namespace latchkey::auth
