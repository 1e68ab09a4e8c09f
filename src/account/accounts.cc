#include "latchkey/accounts.h"

#include <algorithm>
#include <thread>

#include "account/account_events.h"
#include "account/guessing.h"
#include "account/hash_gate.h"
#include "account/hasher.h"
#include "account/rules.h"
#include "account/username.h"
#include "base/fork.h"
#include "base/latency.h"
#include "base/log.h"
#include "latchkey/codec/cookie.h"

namespace latchkey {
namespace {

using account::Admission;
using account::Attempt;
using account::Guessing;
using account::HashGate;
using account::Username;
using crypto::PasswordMatch;

AccountOutcome rejected(Rejection rejection) { return {.rejection = rejection}; }

// Outcome is an AccountOutcome or a PasswordChange.
template <class Outcome>
Outcome limited(Millis retry_after) {
  Outcome outcome;
  outcome.rejection = Rejection::rate_limited;
  outcome.retry_after = retry_after;
  return outcome;
}

// Proof is a password that was asked for again, and what the next step needs of the check.
struct Proof {
  Rejection rejection = Rejection::none;
  Millis retry_after{0};
  Admission admission{};
  std::string hash{};  // of the password, as stored
  std::string username{};
};

PasswordChange wrong_password() { return {.rejection = Rejection::wrong_credentials}; }

// A share that is used up is the client's fault, a full queue is not.
Error no_place(HashGate::Entry entry) {
  if (entry == HashGate::Entry::over_share) {
    return {Errc::rate_limited, "too many passwords of one client are being checked"};
  }
  return {Errc::overloaded, "too many passwords are being checked"};
}

Result<void> check_limits(const GuessLimits& limits) {
  for (const CounterRule* rule :
       {&limits.account, &limits.address, &limits.network, &limits.sign_ups}) {
    if (rule->most < 1 || rule->window <= Millis{0} || rule->first_delay < Millis{0}) {
      return Error{Errc::bad_config,
                   "limits: a rule allows one try at least, and its window is above 0"};
    }
  }
  if (limits.device_life > Millis{0} && limits.device_life <= kMaxCookieAge) return {};
  return Error{Errc::bad_config, "limits.device_life is above 0 and at most 400 days"};
}

}  // namespace

struct Accounts::Impl {
  Store& store;
  Sessions& sessions;
  const AccountsOptions options;
  account::Hasher hasher;
  HashGate gate;
  std::unique_ptr<Guessing> guessing;
  std::string decoy_hash;  // what an unknown user's password is checked against
  UserId decoy_id;
  ForkGuard forked{};
  Latency hash_times{};

  struct Known {
    std::optional<StoredUser> user;
    std::int64_t epoch = 0;
  };
  Result<Known> look_up(const UserId& id);
  Result<PasswordMatch> verify(std::string_view password, const std::string& hash, bool usable,
                               const Admission& admission);
  Result<std::string> hash(std::string_view password, const account::Claim& claim);
  template <class Outcome>
  Result<Outcome> not_hashed(const Admission& admission, const Error& error);
  Result<AccountOutcome> try_log_in(const Credentials& credentials, const CreateOptions& session,
                                    const Returning& client, Attempt& attempt);
  Result<AccountOutcome> try_sign_up(const Credentials& credentials, const CreateOptions& session);
  Result<PasswordChange> try_change(const UserId& user, std::string_view current,
                                    std::string_view replacement, const SessionRecord* keep);
  Result<AccountOutcome> check(const Credentials& credentials, const UserId& id,
                               const CreateOptions& session, const Admission& admission,
                               Attempt& attempt);
  Result<Proof> prove(const UserId& user, std::string_view password, const SessionRecord* session);
  UnixTime now() const noexcept;
  void upgrade(const StoredUser& user, std::string_view password, const Admission& admission);
  Result<AccountOutcome> open_session(const User& user, const CreateOptions& creating);
  Result<AccountOutcome> explain_lost_race(const StoredUser& checked, const Error& lost);
  std::optional<NewSession> keep_session(const SessionRecord& session, std::int64_t user_epoch);
};

Result<std::unique_ptr<Accounts>> Accounts::open(Store& store, Sessions& sessions,
                                                 AccountsOptions options) {
  const PasswordCost& cost = options.cost;
  if (auto fine = account::check_cost(cost, options.insecure_cost_for_tests); !fine) {
    return fine.error();
  }
  if (Result<void> fine = check_limits(options.limits); !fine) return fine.error();
  const std::uint32_t cores = std::max(2U, std::thread::hardware_concurrency());
  const std::uint32_t workers = options.workers > 0 ? options.workers : cores - 1;
  auto decoy_id = account::draw_user_id();
  if (!decoy_id) return decoy_id.error();
  auto guessing = Guessing::open(store, options.limits, sessions.options().keys);
  if (!guessing) return guessing.error();
  auto impl = std::unique_ptr<Impl>(new Impl{store,
                                             sessions,
                                             options,
                                             account::Hasher(cost, options.peppers),
                                             HashGate(workers, options.queue),
                                             std::move(*guessing),
                                             {},
                                             std::move(*decoy_id)});
  auto decoy_hash = impl->hasher.hash("no password");
  if (!decoy_hash) return decoy_hash.error();
  impl->decoy_hash = std::move(*decoy_hash);
  return std::unique_ptr<Accounts>(new Accounts(std::move(impl)));
}

Accounts::Accounts(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Accounts::~Accounts() {
  if (impl_->forked.crossed()) static_cast<void>(impl_.release());  // base/fork.h
}

const AccountsOptions& Accounts::options() const noexcept { return impl_->options; }

HashTimes Accounts::hash_times() const noexcept {
  const LatencyTotals totals = impl_->hash_times.totals();
  return {.count = totals.count(), .seconds = totals.seconds};
}

UnixTime Accounts::Impl::now() const noexcept {
  const Clock* clock = sessions.options().clock;
  return clock != nullptr ? clock->now() : system_clock().now();
}

// The epoch is read before the hash: a change of password that comes after this has another epoch,
// one that came before has another hash. A decoy costs the same reads (R89).
Result<Accounts::Impl::Known> Accounts::Impl::look_up(const UserId& id) {
  auto epoch = store.epochs().user_epoch(id);
  if (!epoch) return epoch.error();
  auto user = store.users().find_user(id);
  if (!user) return user.error();
  return Known{std::move(*user), *epoch};
}

// `usable` is false when a match is a refusal, too.
Result<PasswordMatch> Accounts::Impl::verify(std::string_view password, const std::string& hash,
                                             bool usable, const Admission& admission) {
  if (forked.crossed()) return forked_error();
  const HashGate::Pass pass(gate, admission.claim);
  if (!pass.admitted()) return no_place(pass.entry());
  const auto begun = std::chrono::steady_clock::now();
  auto match = hasher.verify(password, hash, usable);
  hash_times.add(std::chrono::steady_clock::now() - begun);
  return match;
}

Result<std::string> Accounts::Impl::hash(std::string_view password, const account::Claim& claim) {
  if (forked.crossed()) return forked_error();
  const HashGate::Pass pass(gate, claim);
  if (!pass.admitted()) return no_place(pass.entry());
  const auto begun = std::chrono::steady_clock::now();
  auto made = hasher.hash(password);
  hash_times.add(std::chrono::steady_clock::now() - begun);
  return made;
}

// What never got its turn was no try. A client that took more than its share waits for its own.
template <class Outcome>
Result<Outcome> Accounts::Impl::not_hashed(const Admission& admission, const Error& error) {
  guessing->not_judged(admission);
  if (error.code != Errc::rate_limited) return error;
  return limited<Outcome>(std::chrono::seconds{1});
}

// A failed upgrade only leaves the old hash in place; the login goes on.
void Accounts::Impl::upgrade(const StoredUser& user, std::string_view password,
                             const Admission& admission) {
  auto phc = hash(password, admission.claim);
  if (phc) {
    auto upgraded = store.users().upgrade_hash(user.user.id, user.password_hash, *phc);
    if (upgraded) return;
  }
  log(LogLevel::warn, "hash_not_upgraded", {{"user_id", user.user.id.text()}});
}

Result<AccountOutcome> Accounts::Impl::open_session(const User& user,
                                                    const CreateOptions& creating) {
  auto session = sessions.create(user.id, creating);
  if (!session) return session.error();
  return AccountOutcome{.session = std::move(*session), .user = user};
}

// A change of password moves the epoch, but so does the end of all sessions, and then the password
// that was shown is still right.
Result<AccountOutcome> Accounts::Impl::explain_lost_race(const StoredUser& checked,
                                                         const Error& lost) {
  auto now = store.users().find_user(checked.user.id);
  if (!now) return now.error();
  const bool same = *now && (*now)->password_hash == checked.password_hash;
  if (same && !(*now)->user.disabled) return lost;
  return rejected(Rejection::wrong_credentials);
}

// The password has changed by now, so a failure here is no failure of the change.
std::optional<NewSession> Accounts::Impl::keep_session(const SessionRecord& session,
                                                       std::int64_t user_epoch) {
  auto kept = is_stateless(sessions.options().carrier) ? sessions.reissue(session, user_epoch)
                                                       : sessions.rotate(session);
  if (kept) return std::move(*kept);
  log(LogLevel::warn, "session_not_kept",
      {{"session_id", session.id.text()}, {"code", error_name(kept.error().code)}});
  return std::nullopt;
}

Result<AccountOutcome> Accounts::sign_up(const Credentials& credentials,
                                         const CreateOptions& session) {
  auto outcome = impl_->try_sign_up(credentials, session);
  if (outcome && outcome->rejection == Rejection::rate_limited) {
    account::note_rejection(impl_->sessions, outcome->rejection, "sign_up", session.context, {});
  }
  return outcome;
}

Result<AccountOutcome> Accounts::Impl::try_sign_up(const Credentials& credentials,
                                                   const CreateOptions& session) {
  if (options.sign_up == SignUp::closed) return rejected(Rejection::sign_up_closed);
  auto name = account::parse_username(credentials.username);
  if (!name) return rejected(Rejection::username_invalid);
  if (const Rejection fault =
          account::strength_of(credentials.password, {credentials.username, options.site_name});
      fault != Rejection::none) {
    return rejected(fault);
  }
  const UnixTime time = now();
  auto admission = guessing->before_sign_up(session.context.address, time);
  if (!admission) return admission.error();
  if (!admission->allowed) return limited<AccountOutcome>(admission->retry_after);
  auto known = store.users().find_username(name->key);
  if (!known) return known.error();
  if (*known) return rejected(Rejection::username_taken);
  const auto leak = account::leak_of(credentials.password, options.is_leaked);
  if (!leak) return leak.error();
  if (*leak != Rejection::none) return rejected(*leak);

  auto id = account::draw_user_id();
  if (!id) return id.error();
  auto phc = hash(credentials.password, admission->claim);
  if (!phc) return not_hashed<AccountOutcome>(*admission, phc.error());
  StoredUser user;
  user.user.id = std::move(*id);
  user.user.username = std::move(name->shown);
  user.user.created_at = time;
  user.username_key = std::move(name->key);
  user.password_hash = std::move(*phc);
  auto added = store.users().add_user(user);
  if (!added) return added.error();
  if (!*added) return rejected(Rejection::username_taken);
  account::note(sessions, EventKind::sign_up, session.context, {.user = user.user.id});
  // Who is deleted at this very moment gets no session.
  CreateOptions first = session;
  first.user_epoch = 0;
  return open_session(user.user, first);
}

Result<AccountOutcome> Accounts::log_in(const Credentials& credentials,
                                        const CreateOptions& session, const Returning& client) {
  Attempt attempt;
  auto outcome = impl_->try_log_in(credentials, session, client, attempt);
  if (!outcome) return outcome;
  account::note_rejection(impl_->sessions, outcome->rejection, "log_in", session.context, attempt);
  outcome->account = std::move(attempt.account);
  if (outcome->user) outcome->device = known_device(outcome->user->id, client.device);
  return outcome;
}

Result<AccountOutcome> Accounts::Impl::try_log_in(const Credentials& credentials,
                                                  const CreateOptions& session,
                                                  const Returning& client, Attempt& attempt) {
  if (const Rejection fault = account::shape_of(credentials.password); fault != Rejection::none) {
    return rejected(fault);
  }
  if (options.before_log_in) {
    const auto wait = options.before_log_in({credentials.username, session.context.address});
    if (!wait) return wait.error();
    if (*wait > Millis{0}) return limited<AccountOutcome>(*wait);
  }
  const auto name = account::parse_username(credentials.username);
  const std::string_view key = name ? std::string_view(name->key) : std::string_view();
  auto named = store.users().find_username(key);
  if (!named) return named.error();
  const UserId id = *named ? (*named)->user.id : decoy_id;
  // Names that cannot exist have counters, too.
  const std::string_view account = name ? key : credentials.username;
  attempt.account = guessing->reference(account);
  if (*named) attempt.user = id;
  auto admission = guessing->before_log_in(account, id, session.context.address, client, now());
  if (!admission) return admission.error();
  if (!admission->allowed) return limited<AccountOutcome>(admission->retry_after);
  return check(credentials, id, session, *admission, attempt);
}

// check is what comes behind the limits.
Result<AccountOutcome> Accounts::Impl::check(const Credentials& credentials, const UserId& id,
                                             const CreateOptions& session,
                                             const Admission& admission, Attempt& attempt) {
  auto known = look_up(id);
  if (!known) return known.error();
  const std::string& hash = known->user ? known->user->password_hash : decoy_hash;
  const bool usable = known->user && !known->user->user.disabled;
  auto match = verify(credentials.password, hash, usable, admission);
  if (!match) return not_hashed<AccountOutcome>(admission, match.error());
  if (*match == PasswordMatch::mismatch || !usable) {
    attempt.reason = !known->user                        ? "unknown_user"
                     : *match == PasswordMatch::mismatch ? "wrong_password"
                                                         : "user_disabled";
    return rejected(Rejection::wrong_credentials);
  }
  guessing->succeeded(admission);
  CreateOptions creating = session;
  creating.user_epoch = known->epoch;
  creating.context.new_device = !admission.claim.known_device;
  auto opened = open_session(known->user->user, creating);
  if (!opened && opened.error().code == Errc::user_changed) {
    return explain_lost_race(*known->user, opened.error());
  }
  if (opened && hasher.needs_rehash(known->user->password_hash)) {
    upgrade(*known->user, credentials.password, admission);
  }
  if (opened && creating.context.new_device && options.on_new_device) {
    options.on_new_device(*opened->user, session.context);
  }
  return opened;
}

// A browser that gets no device cookie is only not known next time.
std::string Accounts::known_device(const UserId& user, std::string_view device) {
  auto value = impl_->guessing->devices().issue(device, user, impl_->now(), system_entropy());
  return value ? std::move(*value) : std::string{};
}

// prove checks the password of somebody who is signed in.
Result<Proof> Accounts::Impl::prove(const UserId& user, std::string_view password,
                                    const SessionRecord* session) {
  auto admission = guessing->before_change(user, session, now());
  if (!admission) return admission.error();
  if (!admission->allowed) return limited<Proof>(admission->retry_after);
  auto stored = store.users().find_user(user);
  if (!stored) return stored.error();
  std::string hash = *stored ? std::move((*stored)->password_hash) : decoy_hash;
  const bool usable = *stored && !(*stored)->user.disabled;
  auto match = verify(password, hash, usable, *admission);
  if (!match) return not_hashed<Proof>(*admission, match.error());
  if (*match == PasswordMatch::mismatch || !usable) {
    return Proof{.rejection = Rejection::wrong_credentials};
  }
  guessing->succeeded(*admission);
  return Proof{.admission = std::move(*admission),
               .hash = std::move(hash),
               .username = std::move((*stored)->user.username)};
}

Result<PasswordProof> Accounts::check_password(const UserId& user, std::string_view password,
                                               const SessionRecord* session,
                                               const DeviceContext& by) {
  if (const Rejection fault = account::shape_of(password); fault != Rejection::none) {
    return PasswordProof{.rejection = fault};
  }
  auto proof = impl_->prove(user, password, session);
  if (!proof) return proof.error();
  if (proof->rejection == Rejection::none) {
    account::note(impl_->sessions, EventKind::reauthenticated, by, {.user = user});
  } else {
    account::note_rejection(impl_->sessions, proof->rejection, "reauthentication", by,
                            {.user = user, .reason = "wrong_current_password"});
  }
  return PasswordProof{proof->rejection, proof->retry_after};
}

Result<PasswordChange> Accounts::change_password(const UserId& user, std::string_view current,
                                                 std::string_view replacement,
                                                 const SessionRecord* keep,
                                                 const DeviceContext& by) {
  auto change = impl_->try_change(user, current, replacement, keep);
  if (!change) return change;
  const bool tried = change->rejection == Rejection::wrong_credentials ||
                     change->rejection == Rejection::rate_limited;
  if (change->rejection == Rejection::none) {
    account::note(impl_->sessions, EventKind::password_changed, by, {.user = user});
  } else if (tried) {
    account::note_rejection(impl_->sessions, change->rejection, "password_change", by,
                            {.user = user, .reason = "wrong_current_password"});
  }
  return change;
}

Result<PasswordChange> Accounts::Impl::try_change(const UserId& user, std::string_view current,
                                                  std::string_view replacement,
                                                  const SessionRecord* keep) {
  Rejection fault = account::shape_of(current);
  if (fault == Rejection::none) fault = account::strength_of(replacement, {{}, options.site_name});
  if (fault != Rejection::none) return PasswordChange{.rejection = fault};
  auto proof = prove(user, current, keep);
  if (!proof) return proof.error();
  if (proof->rejection != Rejection::none) {
    return PasswordChange{.rejection = proof->rejection, .retry_after = proof->retry_after};
  }
  fault = account::strength_of(replacement, {proof->username, {}});
  if (fault != Rejection::none) return PasswordChange{.rejection = fault};
  const auto leak = account::leak_of(replacement, options.is_leaked);
  if (!leak) return leak.error();
  if (*leak != Rejection::none) return PasswordChange{.rejection = *leak};
  auto phc = hash(replacement, proof->admission.claim);
  if (!phc && phc.error().code == Errc::rate_limited) {
    return limited<PasswordChange>(std::chrono::seconds{1});
  }
  if (!phc) return phc.error();
  std::optional<SessionId> except;
  if (keep != nullptr) except = keep->id;
  auto outcome =
      store.users().set_password({user, std::move(*phc), std::move(proof->hash), except, now()});
  if (!outcome) return outcome.error();
  // Changed meanwhile: what was shown as the current password no longer is.
  if (outcome->status != SetPasswordStatus::changed) return wrong_password();
  PasswordChange change{.user_epoch = outcome->removed.user_epoch};
  if (keep != nullptr) change.kept = keep_session(*keep, change.user_epoch);
  return change;
}

}  // namespace latchkey
