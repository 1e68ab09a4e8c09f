#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "latchkey/sessions.h"
#include "session/takeover/foreign.h"

namespace latchkey::session {

enum class TakeOverStatus : std::uint8_t {
  taken,    // a session of ours has taken its place
  refused,  // it opens nothing: forged, expired, nobody's
  used,     // it was taken over before
  ended,    // the user's sessions were ended since, or the user was disabled
};
inline constexpr std::size_t kTakeOverStatuses = 4;
std::string_view take_over_status_name(TakeOverStatus status) noexcept;

struct TakeOver {
  TakeOverStatus status = TakeOverStatus::refused;
  std::string_view why{};               // only when refused, for the log
  std::string member{};                 // the member of an authentic cookie that shows it
  std::optional<NewSession> session{};  // only when taken
};

// take_over turns the session of a foreign cookie into one of ours, once: of several that try the
// same cookie at the same time one succeeds. After an Error the cookie is as good as before. `now`
// and `sessions` are of one clock. Attributes that do not fit our session are left behind.
Result<TakeOver> take_over(ForeignSource& source, std::string_view text, Sessions& sessions,
                           Store& store, const DeviceContext& context, UnixTime now);

// end_take_overs makes take_over answer `ended` until `until` for every cookie of `user` whose
// session lives in it. There are many cookies of one session then, which nobody can tell apart from
// those of another: log-out ends them all. Durable when it returns.
Result<void> end_take_overs(Store& store, const UserId& user, UnixTime until);

}  // namespace latchkey::session
