#include "list_call.h"

#include "session_values.h"

namespace latchkey::node {

std::optional<ListCall> read_list(const Call& call, std::int64_t least, std::int64_t most) {
  const auto* handle = call.handle<std::shared_ptr<OpenSessions>>(0);
  std::optional<UserId> user = UserId::parse(call.text(1));
  if (handle == nullptr) {
    throw_no_handle(call.env(), "open sessions");
    return std::nullopt;
  }
  if (!user) {
    throw_misuse(call.env(), kUserIdRule);
    return std::nullopt;
  }
  const auto limit = static_cast<std::size_t>(call.whole(3, "limit", least, most));
  const UnixTime now = call.time(4);
  if (call.refused()) return std::nullopt;
  return ListCall{*handle, *std::move(user), call.text(2), limit, now};
}

}  // namespace latchkey::node
