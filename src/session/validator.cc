#include "session/validator.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "session/carriers/grace.h"
#include "session/mint.h"

namespace latchkey::session {

// A record is several cache lines of text and times: the store writes it into the answer itself,
// where it stays if the token opens the session, and from where it goes if not.
struct Validator::Look {
  explicit Look(Validation& answer) noexcept : out(answer) {}

  FoundPlaces places() noexcept { return {out.session, tombstone, out.user, out.stale_for}; }
  void clear() noexcept {
    out.session.reset();
    out.user.reset();
    out.stale_for = Millis{0};
    tombstone.reset();
    holder = false;
  }

  Validation& out;
  std::optional<Tombstone> tombstone{};  // only without a record
  UnixTime now{};
  Judgement judgement{};  // these two only with a record
  bool holder = false;    // the secret is the session's
};

namespace {

SessionState state_of(EndReason reason) noexcept {
  return reason == EndReason::expired ? SessionState::expired : SessionState::revoked;
}

// apply does to a record what the store will do to the row.
void apply(const Touch& touch, SessionRecord& record) noexcept {
  if (touch.last_seen_at >= std::min(record.idle_expires_at, record.absolute_expires_at)) return;
  record.last_seen_at = std::max(record.last_seen_at, touch.last_seen_at);
  record.idle_expires_at =
      std::max(record.idle_expires_at, std::min(touch.idle_expires_at, record.absolute_expires_at));
}

}  // namespace

Result<void> Validator::look(const SessionId& id, const SecretHash& hash,
                             const FindOptions& options, Look& look) {
  Result<void> found = store_.find_one(id, options, look.places());
  if (found) see(clock_.now(), hash, look);
  return found;
}

void Validator::see(UnixTime now, const SecretHash& hash, Look& look) const {
  look.now = now;
  if (!look.out.session) return;
  look.judgement = judge(*look.out.session, now, policy_);
  look.holder = same_secret(hash, look.out.session->secret_hash);
}

// reconsider lets a touch count that waits to be written.
void Validator::reconsider(const std::optional<Touch>& waiting, Look& look) const {
  if (!waiting || !look.out.session) return;
  apply(*waiting, *look.out.session);
  look.judgement = judge(*look.out.session, look.now, policy_);
}

bool Validator::in_doubt(const Look& seen, const ValidateOptions& options) noexcept {
  return seen.judgement.liveness != Liveness::active || (!options.fresh && !seen.holder);
}

Result<void> Validator::validate(std::string_view text, const ValidateOptions& options,
                                 Validation& out) {
  const auto shown = codec::split_token(text);
  if (!shown) return {};
  store_.expect(shown->id);  // what it loads arrives while the secret is hashed
  const SecretHash hash = hash_secret(shown->secret);
  Look seen(out);
  Result<void> looked = look(shown->id, hash,
                             {.with_user = options.with_user,
                              .fresh = options.fresh,
                              .wait = options.wait,
                              .stale_ok = options.stale_ok},
                             seen);
  if (looked && out.session && in_doubt(seen, options)) {
    // A cached copy may be old, and a touch may still wait in the queue: an end is believed only
    // when the store says so and no touch waits that says otherwise. So is a wrong secret, for
    // another node may just have rotated the right one. The queue is asked first: what
    // leaves it meanwhile is in the store by then. It is not written here, for a look-up never
    // waits for a commit.
    const std::optional<Touch> waiting = behind_.pending(shown->id);
    seen.clear();
    looked = look(shown->id, hash,
                  {.with_user = options.with_user, .fresh = true, .wait = options.wait}, seen);
    if (looked) reconsider(waiting, seen);
  }
  if (looked) {
    accept(*shown, hash, seen, options);
  } else {
    seen.clear();
  }
  return looked;
}

struct Validator::Asked {
  const TokenCheck& check;
  codec::TokenParts token;  // of the check's text
  Result<Validation>& answer;
  SecretHash hash = hash_secret(token.secret);
  Look look{*answer};
  std::optional<Error> failed{};
};

// look_all asks for all at once. A row that is damaged fails nobody but who asks for it.
void Validator::look_all(std::span<Asked* const> asked, bool fresh) {
  std::vector<SessionId> ids;
  FindOptions options{.fresh = fresh, .wait = Wait::allowed};
  for (const Asked* one : asked) {
    ids.push_back(one->token.id);
    options.with_user = options.with_user || one->check.options.with_user;
    options.fresh = options.fresh || one->check.options.fresh;
  }
  auto found = store_.find(ids, options);
  if (!found && found.error().code == Errc::store_damaged && asked.size() > 1) {
    for (Asked* const& one : asked) look_all({&one, 1}, fresh);
    return;
  }
  for (std::size_t i = 0; i < asked.size(); ++i) {
    Asked& one = *asked[i];
    if (!found) {
      one.failed = found.error();
      continue;
    }
    one.look.places().put(std::move((*found)[i]));
    if (!one.check.options.with_user) one.look.out.user.reset();
    see(one.check.now ? *one.check.now : clock_.now(), one.hash, one.look);
  }
}

// The steps of validate, each for all before the next.
void Validator::validate_all(std::span<const TokenCheck> checks,
                             std::vector<Result<Validation>>& answers) {
  answers.reserve(answers.size() + checks.size());  // its elements stay where they are
  std::deque<Asked> parsed;
  std::vector<Asked*> asked;
  for (const TokenCheck& check : checks) {
    Result<Validation>& answer = answers.emplace_back(Validation{});
    const auto token = codec::split_token(check.token);
    if (!token) continue;
    parsed.push_back(Asked{check, *token, answer});
    asked.push_back(&parsed.back());
  }
  for (std::span<Asked* const> rest(asked); !rest.empty();) {
    const auto some = rest.first(std::min(rest.size(), kMaxFind));
    rest = rest.subspan(some.size());
    look_all(some, false);
    confirm(some);
  }
  for (Asked& one : parsed) {
    if (one.failed) {
      one.answer = *std::move(one.failed);
    } else {
      accept(one.token, one.hash, one.look, one.check.options);
    }
  }
}

// confirm asks again for those in doubt, as validate does and for its reasons.
void Validator::confirm(std::span<Asked* const> seen) {
  std::vector<Asked*> doubtful;
  std::vector<std::optional<Touch>> waiting;
  for (Asked* one : seen) {
    const bool found = !one->failed && one->look.out.session;
    if (!found || !in_doubt(one->look, one->check.options)) continue;
    doubtful.push_back(one);
    waiting.push_back(behind_.pending(one->token.id));
  }
  if (doubtful.empty()) return;
  look_all(doubtful, true);
  for (std::size_t i = 0; i < doubtful.size(); ++i) reconsider(waiting[i], doubtful[i]->look);
}

void Validator::accept(const codec::TokenParts& shown, const SecretHash& hash, Look& look,
                       const ValidateOptions& options) {
  Validation& out = look.out;
  out.state = judge_token(shown, hash, look, options);
  if (out.state == SessionState::active) {
    if (!options.with_user) out.user.reset();
    return;
  }
  look.clear();
  out.token.reset();
}

SessionState Validator::judge_token(const codec::TokenParts& shown, const SecretHash& hash,
                                    Look& look, const ValidateOptions& options) {
  Validation& out = look.out;
  if (!out.session) {
    // An unknown id costs the same comparison as a known one (R92).
    const Tombstone tombstone = look.tombstone.value_or(Tombstone{});
    const bool holder = same_secret(hash, tombstone.secret_hash);
    // When a tombstone goes is hygiene; how long it speaks is not.
    const bool speaks = look.tombstone && look.now - tombstone.ended_at <= kTombstoneLife;
    return holder && speaks ? state_of(tombstone.reason) : SessionState::none;
  }
  SessionRecord& record = *out.session;
  if (!look.holder) {
    out.token = open_grace(shown.secret, hash, record, look.now);
    (out.token ? in_grace_ : wrong_).fetch_add(1, std::memory_order_relaxed);
    if (!out.token) return SessionState::none;
  }
  if (look.judgement.liveness != Liveness::active) {
    behind_.expire(record, look.now);
    return SessionState::expired;
  }
  if (out.user && out.user->disabled && !options.disabled_too) {
    disabled_.fetch_add(1, std::memory_order_relaxed);
    out.user_disabled = true;
    return SessionState::none;
  }
  out.fresh = out.token.has_value();
  if (options.touch && look.judgement.touch_due) {
    behind_.touch({record.id, look.now, look.judgement.idle_expires_at});
    record.last_seen_at = look.now;
    record.idle_expires_at = look.judgement.idle_expires_at;
    out.fresh = out.fresh || look.judgement.renew_due;
  }
  if (out.fresh && !out.token) out.token = SessionToken::assemble(shown.id, shown.secret);
  return SessionState::active;
}

}  // namespace latchkey::session
