#include "session/validator.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "session/carriers/grace.h"
#include "session/mint.h"

namespace latchkey::session {

// A record is several cache lines of text and times: the answer of the store stays where it is, and
// what is wanted of it moves once, into the Validation.
struct Validator::Look {
  // Not defaulted: GCC makes a constant of what it can compute and fills all 600 bytes with zeros.
  Look() noexcept {}
  Found found;
  UnixTime now{};
  Judgement judgement;  // only with a record
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

Result<void> Validator::look(const SessionId& id, const FindOptions& options, Look& out) {
  Result<void> found = store_.find_one(id, options, out.found);
  if (!found) return found;
  see(clock_.now(), out);
  return {};
}

void Validator::see(UnixTime now, Look& look) const {
  look.now = now;
  if (look.found.record) look.judgement = judge(*look.found.record, now, policy_);
}

// reconsider lets a touch count that waits to be written.
void Validator::reconsider(const std::optional<Touch>& waiting, Look& look) const {
  if (!waiting || !look.found.record) return;
  apply(*waiting, *look.found.record);
  see(look.now, look);
}

bool Validator::in_doubt(const SecretHash& hash, const Look& seen,
                         const ValidateOptions& options) noexcept {
  if (seen.judgement.liveness != Liveness::active) return true;
  return !options.fresh && !same_secret(hash, seen.found.record->secret_hash);
}

Result<Validation> Validator::validate(std::string_view text, const ValidateOptions& options) {
  Result<Validation> validation = Validation{};
  const auto shown = codec::split_token(text);
  if (!shown) return validation;
  store_.expect(shown->id);  // what it loads arrives while the secret is hashed
  const SecretHash hash = hash_secret(shown->secret);
  Look seen;
  Result<void> looked = look(shown->id,
                             {.with_user = options.with_user,
                              .fresh = options.fresh,
                              .wait = options.wait,
                              .stale_ok = options.stale_ok},
                             seen);
  if (looked && seen.found.record && in_doubt(hash, seen, options)) {
    // A cached copy may be old, and a touch may still wait in the queue: an end is believed only
    // when the store says so and no touch waits that says otherwise. So is a wrong secret, for
    // another node may just have rotated the right one. The queue is asked first: what
    // leaves it meanwhile is in the store by then. It is not written here, for a look-up never
    // waits for a commit.
    const std::optional<Touch> waiting = behind_.pending(shown->id);
    seen.found = Found{};
    looked = look(shown->id, {.with_user = options.with_user, .fresh = true, .wait = options.wait},
                  seen);
    if (looked) reconsider(waiting, seen);
  }
  if (!looked) return looked.error();
  accept(*shown, hash, seen, options, *validation);
  return validation;
}

struct Validator::Asked {
  const TokenCheck& check;
  codec::TokenParts token;  // of the check's text
  Result<Validation>& answer;
  SecretHash hash = hash_secret(token.secret);
  Look look{};
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
    one.look.found = std::move((*found)[i]);
    if (!one.check.options.with_user) one.look.found.user.reset();
    see(one.check.now ? *one.check.now : clock_.now(), one.look);
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
      accept(one.token, one.hash, one.look, one.check.options, *one.answer);
    }
  }
}

// confirm asks again for those in doubt, as validate does and for its reasons.
void Validator::confirm(std::span<Asked* const> seen) {
  std::vector<Asked*> doubtful;
  std::vector<std::optional<Touch>> waiting;
  for (Asked* one : seen) {
    const bool found = !one->failed && one->look.found.record;
    if (!found || !in_doubt(one->hash, one->look, one->check.options)) continue;
    doubtful.push_back(one);
    waiting.push_back(behind_.pending(one->token.id));
  }
  if (doubtful.empty()) return;
  look_all(doubtful, true);
  for (std::size_t i = 0; i < doubtful.size(); ++i) reconsider(waiting[i], doubtful[i]->look);
}

void Validator::accept(const codec::TokenParts& shown, const SecretHash& hash, Look& look,
                       const ValidateOptions& options, Validation& out) {
  Found& found = look.found;
  if (!found.record) {
    // An unknown id costs the same comparison as a known one (R92).
    const Tombstone tombstone = found.tombstone.value_or(Tombstone{});
    const bool holder = same_secret(hash, tombstone.secret_hash);
    // When a tombstone goes is hygiene; how long it speaks is not.
    if (holder && found.tombstone && look.now - tombstone.ended_at <= kTombstoneLife) {
      out.state = state_of(tombstone.reason);
    }
    return;
  }
  SessionRecord& record = *found.record;
  std::optional<SessionToken> rotated;
  if (!same_secret(hash, record.secret_hash)) {
    rotated = open_grace(shown.secret, hash, record, look.now);
    (rotated ? in_grace_ : wrong_).fetch_add(1, std::memory_order_relaxed);
    if (!rotated) return;
  }
  if (look.judgement.liveness != Liveness::active) {
    behind_.expire(record, look.now);
    out.state = SessionState::expired;
    return;
  }
  if (found.user && found.user->disabled && !options.disabled_too) {
    disabled_.fetch_add(1, std::memory_order_relaxed);
    out.user_disabled = true;
    return;
  }
  bool fresh = rotated.has_value();
  if (options.touch && look.judgement.touch_due) {
    behind_.touch({record.id, look.now, look.judgement.idle_expires_at});
    record.last_seen_at = look.now;
    record.idle_expires_at = look.judgement.idle_expires_at;
    fresh = fresh || look.judgement.renew_due;
  }
  out.state = SessionState::active;
  out.session = std::move(found.record);
  if (options.with_user) out.user = std::move(found.user);
  out.stale_for = found.stale_for;
  out.fresh = fresh;
  if (!fresh) return;
  out.token = rotated ? std::move(rotated) : SessionToken::assemble(shown.id, shown.secret);
}

}  // namespace latchkey::session
