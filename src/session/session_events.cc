#include "session/sessions_impl.h"

// What the event log is told of sessions. The owner of a session that was ended by its id alone is
// asked for first, which costs a look-up.
namespace latchkey {

void SessionBase::Impl::opened(const SessionRecord& record, const DeviceContext& context) {
  if (options.events == nullptr || record.user_id.empty()) return;
  options.events->add({.kind = EventKind::log_in,
                       .user_id = record.user_id,
                       .session_id = record.id,
                       .reason = context.new_device ? "new_device" : "",
                       .address = record.address,
                       .user_agent = record.user_agent,
                       .request_id = context.request_id});
}

void SessionBase::Impl::ended(const SessionId& id, const UserId& user, EventKind kind,
                              std::string_view reason, const DeviceContext& by) {
  if (options.events == nullptr || user.empty()) return;
  options.events->add({.kind = kind,
                       .user_id = user,
                       .session_id = id,
                       .reason = std::string(reason),
                       .address = by.address,
                       .user_agent = by.user_agent,
                       .request_id = by.request_id});
}

void SessionBase::Impl::ended(const SessionId& id, const UserId& user, EndReason reason,
                              const DeviceContext& by) {
  const bool own = reason == EndReason::logout;
  ended(id, user, own ? EventKind::log_out : EventKind::session_revoked,
        own ? std::string_view{} : end_reason_name(reason), by);
}

// Those of a stateless carrier are not known: one event without a session stands for them.
void SessionBase::Impl::ended_many(std::span<const SessionId> ids, const UserId& user,
                                   const DeviceContext& by) {
  for (const SessionId& id : ids) ended(id, user, EndReason::revoked, by);
  if (stateless) ended(SessionId{}, user, EventKind::session_revoked, "all", by);
}

UserId SessionBase::Impl::owner_of(const SessionId& id) {
  Found found;
  if (options.events == nullptr || stateless || !sessions.find_one(id, {}, found)) return {};
  return found.record ? found.record->user_id : UserId{};
}

}  // namespace latchkey
