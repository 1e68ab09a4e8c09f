#include "latchkey/policy.h"

#include <algorithm>

namespace latchkey {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

Policy browser_lived(Millis absolute, Millis idle) {
  Policy policy;
  policy.absolute = policy.browser_absolute = absolute;
  policy.idle = policy.browser_idle = idle;
  policy.persistent = false;
  return policy;
}

// 0 stands for "no limit".
Millis shorter_limit(Millis a, Millis b) noexcept {
  if (a == Millis{0}) return b;
  return b == Millis{0} ? a : std::min(a, b);
}

}  // namespace

Policy Policy::lucia() {
  Policy policy;
  policy.idle = days{30};
  policy.absolute = Millis{0};
  policy.last_seen_every = Millis::max();
  policy.renew_cookie = true;
  return policy;
}

Policy Policy::aal1() {
  Policy policy;
  policy.idle = policy.absolute = days{30};
  return policy;
}

Policy Policy::aal2() { return browser_lived(hours{24}, hours{1}); }
Policy Policy::aal3() { return browser_lived(hours{12}, minutes{15}); }
Policy Policy::high_value() { return browser_lived(hours{8}, minutes{5}); }

Policy Policy::fixed(Millis life) {
  Policy policy;
  policy.idle = Millis{0};
  policy.absolute = life;
  policy.sliding = false;
  return policy;
}

std::optional<Policy> Policy::preset(std::string_view name) {
  if (name == "default") return Policy{};
  if (name == "lucia") return lucia();
  if (name == "aal1") return aal1();
  if (name == "aal2") return aal2();
  if (name == "aal3") return aal3();
  if (name == "high_value") return high_value();
  return std::nullopt;
}

Judgement judge(const SessionRecord& record, UnixTime now, const Policy& policy) noexcept {
  Judgement judgement{.idle_expires_at = record.idle_expires_at};
  if (now >= record.absolute_expires_at) {
    judgement.liveness = Liveness::absolute_expired;
    return judgement;
  }
  if (now >= record.idle_expires_at) {
    judgement.liveness = Liveness::idle_expired;
    return judgement;
  }
  if (record.idle == Millis{0} || !policy.sliding) return judgement;

  const UnixTime moved =
      std::max(record.idle_expires_at, std::min(add(now, record.idle), record.absolute_expires_at));
  const bool half_life = now >= record.idle_expires_at - record.idle / 2;
  const bool slides = half_life && moved > record.idle_expires_at;
  const bool seen_long_ago = now - record.last_seen_at >= policy.last_seen_every;
  judgement.touch_due = slides || seen_long_ago;
  // A cookie that slides ends with the row, so the deadline moves only where the cookie goes out
  // too; otherwise each touch would put off the half of the life, and the cookie would run out.
  if (slides || (seen_long_ago && !policy.renew_cookie)) judgement.idle_expires_at = moved;
  judgement.renew_due = slides && policy.renew_cookie;
  return judgement;
}

Lifetime lifetime_of(SessionKind kind, UnixTime now, const Policy& policy) noexcept {
  if (kind == SessionKind::guest) {
    const UnixTime end = add(now, policy.guest);
    return {Millis{0}, end, end, policy.persistent};
  }
  Millis idle = policy.idle;
  Millis absolute = policy.absolute;
  bool persistent = policy.persistent;
  if (kind == SessionKind::browser_lived) {
    idle = shorter_limit(idle, policy.browser_idle);
    absolute = shorter_limit(absolute, policy.browser_absolute);
    persistent = false;
  }
  // Without an idle limit the idle deadline is the absolute one; use still moves last_seen_at.
  if (idle == Millis{0}) idle = absolute;
  const UnixTime absolute_end = absolute == Millis{0} ? kNever : add(now, absolute);
  const UnixTime idle_end = std::min(add(now, idle), absolute_end);
  return {policy.sliding ? idle : Millis{0}, idle_end, absolute_end, persistent};
}

Millis longest_life(const Policy& policy) noexcept {
  return std::max(
      {policy.idle, policy.absolute, policy.browser_idle, policy.browser_absolute, policy.guest});
}

std::string_view validate_policy(const Policy& policy) noexcept {
  const Millis zero{0};
  if (policy.idle < zero || policy.absolute < zero) return "idle and absolute cannot be negative";
  if (policy.idle == zero && policy.absolute == zero) {
    return "a session needs an idle or an absolute limit";
  }
  if (policy.absolute != zero && policy.idle > policy.absolute) {
    return "idle cannot be longer than absolute";
  }
  if (policy.browser_idle <= zero || policy.browser_absolute <= zero) {
    return "browser_idle and browser_absolute must be positive";
  }
  if (policy.guest <= zero) return "guest must be positive";
  if (policy.last_seen_every < zero) return "last_seen_every cannot be negative";
  return {};
}

}  // namespace latchkey
