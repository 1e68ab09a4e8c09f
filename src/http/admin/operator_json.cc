#include "http/admin/operator_json.h"

#include "http/api/json_out.h"
#include "http/api/session_json.h"
#include "http/device.h"

namespace latchkey::http {

std::string operator_json(const SessionRecord& record, UnixTime now) {
  return JsonOut()
      .text("id", record.id.text())
      .text("user_id", record.user_id.text())
      .number("revision", record.revision())
      .time("created_at", record.created_at)
      .time("authenticated_at", record.authenticated_at)
      .time("last_seen_at", record.last_seen_at)
      .time("idle_expires_at", record.idle_expires_at)
      .time("absolute_expires_at", record.absolute_expires_at)
      .number("expires_in", seconds_left(record, now))
      .number("level", record.level)
      .text("device", describe_device(record.user_agent))
      .text("user_agent", record.user_agent)
      .text("address", record.address)
      .done();
}

std::string operator_json(const Tombstone& tombstone) {
  return JsonOut()
      .text("id", tombstone.id.text())
      .text("state", "revoked")
      .text("reason", end_reason_name(tombstone.reason))
      .time("ended_at", tombstone.ended_at)
      .done();
}

std::string operator_json(const User& user) {
  return JsonOut()
      .text("id", user.id.text())
      .text("username", user.username)
      .time("created_at", user.created_at)
      .flag("disabled", user.disabled)
      .done();
}

std::string operator_json(const Event& event) {
  return JsonOut()
      .text("id", event.id)
      .time("at", event.at)
      .text("kind", event_kind_name(event.kind))
      .text("user_id", event.user_id.text())
      .text("session_id", event.session_id.text())
      .text("reason", event.reason)
      .text("account", event.account)
      .text("address", event.address)
      .text("device", event.user_agent.empty() ? "" : describe_device(event.user_agent))
      .text("user_agent", event.user_agent)
      .text("request_id", event.request_id)
      .done();
}

}  // namespace latchkey::http
