#include <algorithm>
#include <map>
#include <vector>

#include "base/wipe_freed.h"
#include "http/admin/admin.h"
#include "http/admin/operator_json.h"
#include "http/admin/parts.h"
#include "http/api/json_out.h"
#include "http/api/problem.h"
#include "http/api/session_json.h"

// Whose a token is, and what became of a session: for back ends that got a token from a client.
namespace latchkey::http::admin {
namespace {

// read_texts reads the list of texts called `name`; false: it is something else.
bool read_texts(const codec::Json& body, std::string_view name,
                std::vector<std::string_view>& out) {
  const codec::Json* list = body.find(name);
  if (list == nullptr) return true;
  if (list->array() == nullptr) return false;
  for (const codec::Json& entry : *list->array()) {
    if (entry.string() == nullptr) return false;
    out.push_back(*entry.string());
  }
  return true;
}

std::string active_json(const SessionRecord& record, const User* user, UnixTime now) {
  return JsonOut()
      .text("state", "active")
      .raw("session", operator_json(record, now))
      .raw("user", user != nullptr ? operator_json(*user) : std::string{"null"})
      .done();
}

std::string state_json(std::string_view state) { return JsonOut().text("state", state).done(); }

// The token alone proves nothing where a session is bound to its browser.
bool is_bound(const Desk& desk, const Validation& known) {
  return desk.auth.options().device_binding.mode != DeviceBinding::off && known.session &&
         !known.session->binding.empty();
}

std::string told(const Validation& known, UnixTime now) {
  if (known.state != SessionState::active) return state_json(session_state_name(known.state));
  return active_json(*known.session, known.user ? &*known.user : nullptr, now);
}

// By id nobody has shown a secret, but an operator may know everything.
std::string told(const Found& found, UnixTime now) {
  if (found.tombstone) return operator_json(*found.tombstone);
  if (!found.record) return state_json(session_state_name(SessionState::none));
  if (seconds_left(*found.record, now) == 0)
    return state_json(session_state_name(SessionState::expired));
  const User* user = found.user ? &*found.user : nullptr;
  if (user != nullptr && user->disabled) return state_json(session_state_name(SessionState::none));
  return active_json(*found.record, user, now);
}

// Returns a failure of the store, which is none of the sessions' states.
std::optional<Error> add_tokens(Desk& desk, const std::vector<std::string_view>& tokens,
                                ListAnswer& list) {
  std::vector<TokenCheck> checks;
  // No activity of the user, and asked of the store: a back end may have been told to ask again.
  for (const std::string_view token : tokens) {
    checks.push_back({token, {.touch = false, .with_user = true, .fresh = true}});
  }
  for (const auto& known : desk.auth.sessions().validate_all(checks)) {
    if (!known) return known.error();
    list.add(is_bound(desk, *known) ? state_json(auth_state_name(AuthState::unproven))
                                    : told(*known, desk.clock.now()));
  }
  return std::nullopt;
}

std::optional<Error> add_ids(Desk& desk, const std::vector<std::string_view>& texts,
                             ListAnswer& list) {
  std::vector<SessionId> ids;
  for (const std::string_view text : texts) {
    if (const auto id = SessionId::parse(text)) ids.push_back(*id);
  }
  std::map<std::string, std::string, std::less<>> known;
  for (std::size_t from = 0; from < ids.size(); from += kMaxFind) {
    const std::span<const SessionId> some(ids.data() + from, std::min(kMaxFind, ids.size() - from));
    auto found = desk.auth.store().sessions().find(some, {.with_user = true, .fresh = true});
    if (!found) return found.error();
    for (std::size_t i = 0; i < some.size(); ++i) {
      known[std::string{some[i].text()}] = told((*found)[i], desk.clock.now());
    }
  }
  for (const std::string_view text : texts) {
    const auto at = known.find(text);
    list.add(at != known.end() ? at->second : state_json(session_state_name(SessionState::none)));
  }
  return std::nullopt;
}

}  // namespace

Response introspect(Desk& desk, const Request& request) {
  const WipeFreed wiping;  // the copies of tokens that parsing makes
  const auto body = read_body(request);
  if (!body) return problem_response(Problem::bad_json);
  std::vector<std::string_view> tokens;
  std::vector<std::string_view> ids;
  const bool fine = read_texts(*body, "tokens", tokens) && read_texts(*body, "ids", ids);
  const std::size_t count = tokens.size() + ids.size();
  if (!fine || count == 0 || count > kMostIntrospected) return problem_response(Problem::bad_field);
  ListAnswer list("sessions");
  auto failed = add_tokens(desk, tokens, list);
  if (!failed) failed = add_ids(desk, ids, list);
  return failed ? answer_failure(*failed) : list.done({});
}

}  // namespace latchkey::http::admin
