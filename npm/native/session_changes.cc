#include <memory>
#include <variant>

#include "addon.h"
#include "latchkey/secret.h"
#include "promise.h"
#include "registry.h"
#include "session_values.h"

// Calls that change a session. A session is named by the token its client holds, which works with
// every carrier, or by its id where a row holds it.
namespace latchkey::node {
namespace {

using Handle = std::shared_ptr<OpenSessions>;

// Target is how JavaScript names a session: by the token that its client holds, or by its id.
struct Target {
  SecretBytes text;
  bool by_token = false;
};

Error gone() { return Error{Errc::not_found, "there is no such session, or it has ended"}; }

// record_of returns the live session of a token.
Result<SessionRecord> record_of(Sessions& sessions, const Target& target, bool disabled_too) {
  auto validation = sessions.validate(
      target.text.insecure_view(), {.touch = false, .fresh = true, .disabled_too = disabled_too});
  if (!validation) return validation.error();
  if (!validation->session) return gone();
  return *std::move(validation->session);
}

using Subject = std::variant<SessionId, SessionRecord>;
Result<Subject> subject_of(Sessions& sessions, const Target& target, bool disabled_too = false) {
  if (target.by_token) {
    Result<SessionRecord> record = record_of(sessions, target, disabled_too);
    if (!record) return record.error();
    return Subject{*std::move(record)};
  }
  const auto id = SessionId::parse(target.text.insecure_view());
  if (!id) return gone();
  return Subject{*id};
}

Result<Updated> as_updated(Result<SessionRecord> record) {
  if (!record) return record.error();
  return Updated{*std::move(record), {}};
}
Result<Updated> as_updated(Result<Updated> updated) { return updated; }

napi_value make_ids(napi_env env, const std::vector<SessionId>& ids) {
  std::vector<napi_value> values;
  for (const SessionId& id : ids) values.push_back(make_text(env, id.text()));
  return make_list(env, values);
}

// change(sessions, target, by_token, now, job, convert): what every call here has in common.
template <class Job, class Convert>
napi_value change(const Call& call, Job job, Convert convert) {
  const auto* handle = call.handle<Handle>(0);
  if (handle == nullptr) return throw_no_handle(call.env(), "open sessions");
  const UnixTime now = call.time(3);
  if (call.refused()) return nullptr;
  return promise(
      call.env(), (*handle)->lane(),
      [open = *handle, now, job = std::move(job),
       target = Target{SecretBytes(Text(call.env(), call[1]).view()), call.flag(2)}] {
        const CallClock::At at(now);
        return with_sessions(*open, [&](Sessions& sessions) { return job(sessions, target); });
      },
      convert);
}

// revoke(sessions, target, by_token, now) tells whether there was one.
napi_value revoke(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  return change(
      call,
      [](Sessions& sessions, const Target& target) -> Result<bool> {
        Result<Subject> subject = subject_of(sessions, target, /*disabled_too=*/true);
        if (!subject && subject.error().code == Errc::not_found) return false;
        if (!subject) return subject.error();
        return std::visit([&](const auto& found) { return sessions.revoke(found); }, *subject);
      },
      [](napi_env js, bool done) { return make_flag(js, done); });
}

// update(sessions, target, by_token, now, merge_patch)
napi_value update(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  return change(
      call,
      [patch = call.text(4)](Sessions& sessions, const Target& target) -> Result<Updated> {
        Result<Subject> subject = subject_of(sessions, target);
        if (!subject) return subject.error();
        return std::visit(
            [&](const auto& found) { return as_updated(sessions.update(found, patch)); }, *subject);
      },
      make_updated);
}

// edit(sessions, target, by_token, now, names, values) replaces members of the attributes, each
// whole. A value is JSON; where it is empty, the member goes.
napi_value edit(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  std::vector<AttributeEdit> edits;
  const std::vector<std::string> values = read_texts(env, call[5]);
  for (std::string& name : read_texts(env, call[4])) {
    AttributeEdit& one = edits.emplace_back(AttributeEdit{.name = std::move(name)});
    const std::size_t i = edits.size() - 1;
    if (i < values.size() && !values[i].empty()) one.json = values[i];
  }
  return change(
      call,
      [edits = std::move(edits)](Sessions& sessions, const Target& target) -> Result<Updated> {
        Result<Subject> subject = subject_of(sessions, target);
        if (!subject) return subject.error();
        if (const auto* record = std::get_if<SessionRecord>(&*subject)) {
          return sessions.edit(*record, edits, target.text.insecure_view());
        }
        // By id a row is found, and what no row holds is not.
        if (is_stateless(sessions.options().carrier)) {
          return Error{Errc::unsupported, "this carrier keeps no rows: name the session by token"};
        }
        SessionRecord named;
        named.id = std::get<SessionId>(*subject);
        return sessions.edit(named, edits);
      },
      make_updated);
}

// touch(sessions, target, by_token, now)
napi_value touch(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  return change(
      call,
      [](Sessions& sessions, const Target& target) -> Result<Updated> {
        Result<Subject> subject = subject_of(sessions, target);
        if (!subject) return subject.error();
        if (const auto* record = std::get_if<SessionRecord>(&*subject)) {
          return sessions.touch(*record, target.text.insecure_view());
        }
        return as_updated(sessions.touch(std::get<SessionId>(*subject)));
      },
      make_updated);
}

// rotate(sessions, target, by_token, now, level | null)
napi_value rotate(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  RotateOptions options;
  if (call.has(4)) options.level = static_cast<std::uint8_t>(call.whole(4, "level", 0, kMostLevel));
  return change(
      call,
      [options](Sessions& sessions, const Target& target) -> Result<NewSession> {
        Result<Subject> subject = subject_of(sessions, target);
        if (!subject) return subject.error();
        return std::visit([&](const auto& found) { return sessions.rotate(found, options); },
                          *subject);
      },
      make_new_session);
}

struct AttachArguments {
  UserId user;
  CreateOptions create;
  std::vector<std::string> carry;
};

// attach(sessions, target, by_token, now, user, options, carry)
napi_value attach(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  auto given = std::make_shared<AttachArguments>();
  const auto user = UserId::parse(call.text(4));
  if (!user) return throw_misuse(env, kUserIdRule);
  given->user = *user;
  auto read = read_create(Options(env, call[5], Errc::invalid_argument));
  if (!read) return throw_error(env, read.error());
  given->create = *std::move(read);
  given->carry = read_texts(env, call[6]);
  return change(
      call,
      [given](Sessions& sessions, const Target& target) -> Result<NewSession> {
        Result<Subject> subject = subject_of(sessions, target);
        if (!subject) return subject.error();
        const AttachOptions options{given->create, given->carry};
        return std::visit(
            [&](const auto& found) { return sessions.attach(found, given->user, options); },
            *subject);
      },
      make_new_session);
}

// revoke_others(sessions, target, by_token, now) returns [ids, [token, record]].
napi_value revoke_others(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  return change(
      call,
      [](Sessions& sessions, const Target& target) -> Result<OthersRevoked> {
        Result<SessionRecord> record = record_of(sessions, target, false);
        if (!record) return record.error();
        return sessions.revoke_others(*record);
      },
      [](napi_env js, const OthersRevoked& others) {
        const napi_value values[] = {make_ids(js, others.ids), make_updated(js, others.kept)};
        return make_list(js, values);
      });
}

// revoke_user(sessions, user, false, now, except | null) returns the ids that ended.
napi_value revoke_user(napi_env env, napi_callback_info info) {
  const Call call(env, info);
  const auto user = UserId::parse(call.text(1));
  if (!user) return throw_misuse(env, kUserIdRule);
  std::optional<SessionId> except;
  if (call.has(4)) {
    except = SessionId::parse(call.text(4));
    if (!except) return throw_misuse(env, "except: the id of a session");
  }
  return change(
      call,
      [user = *user, except](Sessions& sessions, const Target&) {
        return sessions.revoke_user(user, except);
      },
      make_ids);
}

}  // namespace

void define_session_changes(napi_env env, napi_value exports) {
  constexpr Function kFunctions[] = {{"revoke", revoke},
                                     {"update", update},
                                     {"edit", edit},
                                     {"touch", touch},
                                     {"rotate", rotate},
                                     {"attach", attach},
                                     {"revoke_others", revoke_others},
                                     {"revoke_user", revoke_user}};
  define(env, exports, kFunctions);
}

}  // namespace latchkey::node
