#include "http/device_sessions.h"

#include <array>

#include "base/log.h"
#include "base/utf8.h"

namespace latchkey::http {

Result<EndStatus> end_own_session(App& app, const Visitor& visitor, std::string_view id) {
  const auto parsed = SessionId::parse(id);
  if (!parsed) return EndStatus::none;
  const bool current = *parsed == visitor.session->id;
  if (!current) {
    const std::array ids{*parsed};
    auto found = app.store.sessions().find(ids, {});
    if (!found) return found.error();
    const auto& record = found->front().record;
    if (!record || record->user_id != visitor.session->user_id) return EndStatus::none;
  }
  auto ended = current ? app.sessions.revoke(*visitor.session, EndReason::logout)
                       : app.sessions.revoke(*parsed, EndReason::revoked);
  if (!ended) return ended.error();
  log(LogLevel::info, current ? "logout" : "session_revoked",
      {{"session_id", parsed->text()}, {"user_id", visitor.session->user_id.text()}});
  return current ? EndStatus::ended_current : EndStatus::ended;
}

Result<AllEnded> end_all_sessions(App& app, const Request& request, const Visitor& visitor,
                                  bool keep_current) {
  const SessionRecord& session = *visitor.session;
  AllEnded all;
  std::vector<SessionId> ids;
  if (keep_current) {
    auto others = app.sessions.revoke_others(session);
    if (!others) return others.error();
    ids = std::move(others->ids);
    if (const auto& token = others->kept.token) {
      auto cookies = write_cookies(app, request, *token, others->kept.record);
      if (!cookies) return cookies.error();
      all.cookies = std::move(*cookies);
    }
  } else {
    auto ended = app.sessions.revoke_user(session.user_id);
    if (!ended) return ended.error();
    ids = std::move(*ended);
  }
  for (const SessionId& id : ids) {
    log(LogLevel::info, "session_revoked",
        {{"session_id", id.text()}, {"user_id", session.user_id.text()}});
  }
  if (is_stateless(app.sessions.options().carrier)) {
    log(LogLevel::info, "user_sessions_revoked", {{"user_id", session.user_id.text()}});
  } else {
    all.count = ids.size();
  }
  return all;
}

Result<SessionPage> list_sessions(App& app, const Request& request, const Visitor& visitor,
                                  std::string_view after, std::size_t limit) {
  if (!is_stateless(app.sessions.options().carrier)) {
    return app.sessions.list(visitor.session->user_id, after, limit);
  }
  SessionPage page;
  SessionRecord& record = page.records.emplace_back(*visitor.session);
  record.user_agent = clean_line(request.header("user-agent").value_or(""), kMaxUserAgentBytes);
  record.address = client_of(app, request);
  return page;
}

std::string_view why_one_session(const App& app) noexcept {
  if (!is_stateless(app.sessions.options().carrier)) return {};
  return "Only this session is shown: here a session lives in its cookie alone, and no list of "
         "them is kept.";
}

}  // namespace latchkey::http
