#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "account_values.h"
#include "addon.h"
#include "auth/auth_parts.h"
#include "base/wipe_freed.h"
#include "promise.h"
#include "registry.h"
#include "request_text.h"
#include "session_values.h"

// One call a request: who asks, and which headers go back. JavaScript holds nothing of it
// afterwards, so a call that changes something begins anew, on the thread that waits for the store.
namespace latchkey::node {
namespace {

using Handle = std::shared_ptr<OpenSessions>;

// Seen is what an AuthSession says, and Judged the same on its own: the session views a request
// that is gone when another thread has done the work.
struct Seen {
  AuthState state;
  const SessionRecord* record;
  const User* user;
  std::string_view token;
  std::span<const HeaderLine> lines;
};
struct Judged {
  AuthState state = AuthState::none;
  std::optional<SessionRecord> record{};
  std::optional<User> user{};
  SecretBytes token{};
  std::vector<std::string> texts{};
  std::vector<HeaderLine> lines{};
};

Result<Seen> see(AuthSession& session, bool with_user) {
  const User* user = nullptr;
  if (with_user) {
    const auto known = session.user();  // may find out that there is no session any more
    if (!known) return known.error();
    user = *known;
  }
  const bool is_there = session.record() != nullptr;
  return Seen{session.state(), session.record(), user,
              is_there ? AuthParts::shown(session) : std::string_view{},
              session.response_headers()};
}

Judged keep(const Seen& seen) {
  Judged judged{.state = seen.state, .token = SecretBytes(seen.token)};
  if (seen.record != nullptr) judged.record = *seen.record;
  if (seen.user != nullptr) judged.user = *seen.user;
  // The names are constants.
  for (const HeaderLine& line : seen.lines) judged.texts.emplace_back(line.value);
  for (std::size_t i = 0; i < judged.texts.size(); ++i) {
    judged.lines.push_back({seen.lines[i].name, judged.texts[i]});
  }
  return judged;
}

napi_value make_lines(napi_env env, std::span<const HeaderLine> lines) {
  std::vector<napi_value> values;
  for (const HeaderLine& line : lines) {
    values.push_back(make_text(env, line.name));
    values.push_back(make_text(env, line.value));
  }
  return make_list(env, values);
}

// [state, session, user, lines as name, value, name, value ..., token]. Without lines of its own a
// request has the usual ones.
napi_value make_seen(napi_env env, const Seen& seen) {
  const bool usual = seen.lines.size() == AuthParts::usual_headers().size();
  const napi_value values[] = {make_text(env, auth_state_name(seen.state)),
                               seen.record != nullptr ? make_record(env, *seen.record) : nullptr,
                               seen.user != nullptr ? make_user(env, *seen.user) : nullptr,
                               usual ? nullptr : make_lines(env, seen.lines),
                               seen.record != nullptr ? make_text(env, seen.token) : nullptr};
  return make_list(env, values);
}

napi_value make_judged(napi_env env, const Judged& judged) {
  return make_seen(
      env, {judged.state, judged.record ? &*judged.record : nullptr,
            judged.user ? &*judged.user : nullptr, judged.token.insecure_view(), judged.lines});
}

// with_request runs `job` with the AuthSession of a request.
template <class Job>
auto with_request(OpenSessions& open, const RequestText& request, std::string_view address,
                  Wait wait, Job job) -> decltype(job(std::declval<AuthSession&>())) {
  const Result<Auth*> auth = open.auth(wait);
  if (!auth) return auth.error();
  const RequestText::Fields fields = request.fields();
  BeginOptions options = request.options();
  options.client_address = address;
  const RequestView view{request.method(), "/", "", fields};
  if (wait == Wait::never) {
    Result<Begun> begun = (*auth)->begin_now(view, options);
    if (!begun) return begun.error();
    auto* const session = std::get_if<AuthSession>(&*begun);
    if (session == nullptr) return would_wait();
    return job(*session);
  }
  Result<AuthSession> session = (*auth)->begin(view, options);
  if (!session) return session.error();
  return job(*session);
}

// look has `make` made of what the request is.
template <class Make>
auto look(OpenSessions& open, const RequestText& request, Wait wait, Make make)
    -> Result<decltype(make(std::declval<const Seen&>()))> {
  using Made = Result<decltype(make(std::declval<const Seen&>()))>;
  return with_request(open, request, {}, wait, [&](AuthSession& session) -> Made {
    if (request.offers_device()) AuthParts::offer_device(session);
    const Result<Seen> seen = see(session, request.wants_user());
    if (!seen) return seen.error();
    return make(*seen);
  });
}

// begin(sessions, cookie | null, facts, headers, now) answers at once where nothing has to be
// waited for, and otherwise with a promise.
napi_value begin(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto* handle = call.handle<Handle>(0);
  if (handle == nullptr) return throw_no_handle(env, "open sessions");
  RequestText request(call, 1);
  const UnixTime now = call.time(4);
  if (call.refused()) return nullptr;
  {
    const CallClock::At at(now);
    const auto made = look(**handle, request, Wait::never,
                           [env](const Seen& seen) { return make_seen(env, seen); });
    if (made) return *made;
    if (made.error().code != Errc::would_wait) return throw_error(env, made.error());
  }
  return promise(
      env, (*handle)->lane(),
      [open = *handle, request = std::move(request), now] {
        const CallClock::At at(now);
        return look(*open, request, Wait::allowed, keep);
      },
      make_judged);
}

// Change is what a program wants done, with what was passed for it.
struct Change {
  std::string verb;
  std::string username, address;
  SecretBytes password, replacement;
  std::optional<UserId> user{};
  std::optional<std::int64_t> level{};
  LogInOptions log_in{};
};

// Changed is what came of it. `count` is how many sessions ended, where that is asked for.
struct Changed {
  Rejection rejection = Rejection::none;
  Millis retry_after{0};
  std::size_t count = 0;
  DeviceAnswer device{.status = 0};
  Judged judged{};
};

Result<Changed> rejected(const Result<Rejection>& done) {
  if (!done) return done.error();
  return Changed{.rejection = *done};
}

Result<Changed> sign_up(AuthSession& session, const Change& change) {
  return rejected(session.sign_up(Credentials{change.username, change.password.insecure_view()},
                                  change.log_in));
}
Result<Changed> log_in(AuthSession& session, const Change& change) {
  return rejected(
      session.log_in(Credentials{change.username, change.password.insecure_view()}, change.log_in));
}
Result<Changed> log_in_user(AuthSession& session, const Change& change) {
  return rejected(session.log_in(*change.user, change.log_in));
}
Result<Changed> change_password(AuthSession& session, const Change& change) {
  return rejected(
      session.change_password(change.password.insecure_view(), change.replacement.insecure_view()));
}
Result<Changed> reauthenticate(AuthSession& session, const Change& change) {
  return rejected(session.reauthenticate(change.password.insecure_view()));
}
Result<Changed> log_out(AuthSession& session, const Change&) {
  const Result<bool> ended = session.log_out();
  if (!ended) return ended.error();
  return Changed{.count = *ended ? 1U : 0U};
}
Result<Changed> log_out_others(AuthSession& session, const Change&) {
  const auto ended = session.log_out_others();
  if (!ended) return ended.error();
  return Changed{.count = *ended};
}
Result<Changed> raise_level(AuthSession& session, const Change& change) {
  Result<void> done = session.raise_level(static_cast<std::uint8_t>(*change.level));
  if (!done) return done.error();
  return Changed{};
}

Result<Changed> answered(Result<DeviceAnswer> answer) {
  if (!answer) return answer.error();
  return Changed{.device = *std::move(answer)};
}
Result<Changed> register_device(AuthSession& session, const Change&) {
  return answered(session.register_device());
}
Result<Changed> refresh_device(AuthSession& session, const Change&) {
  return answered(session.refresh_device());
}

struct Verb {
  std::string_view name;
  Result<Changed> (*run)(AuthSession&, const Change&);
  bool hashes = false;  // a password: it has a lane of its own
};
constexpr Verb kVerbs[] = {{"signUp", sign_up, true},
                           {"logIn", log_in, true},
                           {"logInUser", log_in_user},
                           {"changePassword", change_password, true},
                           {"reauthenticate", reauthenticate, true},
                           {"logOut", log_out},
                           {"logOutOthers", log_out_others},
                           {"raiseLevel", raise_level},
                           {"registerDevice", register_device},
                           {"refreshDevice", refresh_device}};

const Verb* find_verb(std::string_view name) noexcept {
  for (const Verb& verb : kVerbs) {
    if (verb.name == name) return &verb;
  }
  return nullptr;
}

Result<Changed> run(OpenSessions& open, const RequestText& request, const Verb& verb,
                    const Change& change) {
  if (verb.hashes) {
    if (const Result<Accounts*> accounts = open.accounts(); !accounts) return accounts.error();
  }
  return with_request(open, request, change.address, Wait::allowed,
                      [&](AuthSession& session) -> Result<Changed> {
                        Result<Changed> changed = verb.run(session, change);
                        if (!changed) return changed.error();
                        const Result<Seen> seen = see(session, true);
                        if (!seen) return seen.error();
                        changed->retry_after = session.retry_after();
                        changed->judged = keep(*seen);
                        return changed;
                      });
}

Result<std::unique_ptr<Change>> read_change(Options given) {
  auto change = std::make_unique<Change>();
  change->username = given.text("username").value_or("");
  change->password = SecretBytes(given.text("password").value_or(""));
  change->replacement = SecretBytes(given.text("replacement").value_or(""));
  change->address = given.text_or_null("address").value_or("");
  change->level = given.whole("level", 0, kMostLevel);
  change->log_in = {.remember = given.flag("remember").value_or(true),
                    .level = static_cast<std::uint8_t>(change->level.value_or(1)),
                    .attributes = given.text("attributes").value_or(""),
                    .carry = given.texts("carry")};
  if (const auto user = given.text("userId")) {
    change->user = UserId::parse(*user);
    if (!change->user) return Error{Errc::invalid_argument, kUserIdRule};
  }
  if (given.fault()) return *given.fault();
  return change;
}

napi_value make_changed(napi_env env, const Changed& changed) {
  const napi_value values[] = {
      make_rejection(env, changed.rejection, changed.retry_after),
      make_number(env, static_cast<double>(changed.count)), make_judged(env, changed.judged),
      make_number(env, changed.device.status), make_text(env, changed.device.json)};
  return make_list(env, values);
}

// change(sessions, cookie | null, facts, headers, now, verb, options) returns [rejection, count,
// what begin returns, as it is afterwards, status and JSON of the routes of bound sessions].
napi_value change(napi_env env, napi_callback_info info) {
  const WipeFreed wiping;  // what a password is copied through (R80)
  const Call call(env, info);
  const auto* handle = call.handle<Handle>(0);
  if (handle == nullptr) return throw_no_handle(env, "open sessions");
  RequestText request(call, 1);
  const UnixTime now = call.time(4);
  if (call.refused()) return nullptr;
  const Verb* const verb = find_verb(Text(env, call[5]).view());
  if (verb == nullptr) return throw_misuse(env, "change: there is none of this name");
  auto read = read_change(Options(env, call[6], Errc::invalid_argument));
  if (!read) return throw_error(env, read.error());
  if (verb->run == log_in_user && !(*read)->user) return throw_misuse(env, kUserIdRule);
  if (verb->run == raise_level && !(*read)->level) {
    return throw_misuse(env, "level: a whole number is expected, not undefined");
  }
  return promise(
      env, verb->hashes ? password_lane() : (*handle)->lane(),
      [open = *handle, request = std::move(request), now, verb, change = *std::move(read)] {
        const CallClock::At at(now);
        return run(*open, request, *verb, *change);
      },
      make_changed);
}

// usual_headers() returns the lines of every answer that has no others.
napi_value usual_headers(napi_env env, napi_callback_info info) {
  static_cast<void>(info);
  return make_lines(env, AuthParts::usual_headers());
}

}  // namespace

void define_front_door(napi_env env, napi_value exports) {
  constexpr Function kFunctions[] = {
      {"begin", begin}, {"change", change}, {"usual_headers", usual_headers}};
  define(env, exports, kFunctions);
}

}  // namespace latchkey::node
