#include "store/measured.h"

#include <string>
#include <utility>

#include "base/metrics.h"

namespace latchkey::store {
namespace {

// In the order of StoreCall.
constexpr std::array<std::string_view, kStoreCalls> kNames{
    "insert",        "find",          "touch",          "replace",
    "remove",        "remove_user",   "list_user",      "prune",
    "user_epoch",    "add_user",      "find_user",      "find_username",
    "set_password",  "upgrade_hash",  "set_attributes", "set_disabled",
    "delete_user",   "list_users",    "deny",           "standing",
    "prune_denials", "take",          "settle",         "prune_counters",
    "put_secret",    "find_secret",   "take_secret",    "remove_secrets",
    "prune_secrets", "append_events", "list_events",    "blank_addresses",
    "prune_events",  "keys",          "put_keys",       "meta",
    "check"};
static_assert(kNames.back() == "check");

using Sessions = EachCallSessions<StoreMeter>;
using Users = EachCallUsers<StoreMeter>;

class MeasuredSessions final : public Sessions {
 public:
  using Sessions::Sessions;

  Result<InsertOutcome> insert(const SessionRecord& record, const InsertOptions& options) override {
    auto outcome = Sessions::insert(record, options);
    count(outcome);
    return outcome;
  }
  // One call, which failed when each of its insertions did.
  std::vector<Result<InsertOutcome>> insert_all(std::span<const Insertion> insertions) override {
    const auto begun = std::chrono::steady_clock::now();
    auto outcomes = inner_.insert_all(insertions);
    std::optional<Errc> failed;
    for (const auto& outcome : outcomes) {
      count(outcome);
      if (!outcome) failed = outcome.error().code;
    }
    runner_.note(StoreCall::insert, std::chrono::steady_clock::now() - begun, failed);
    return outcomes;
  }
  Result<std::size_t> touch(std::span<const Touch> touches) override {
    auto moved = Sessions::touch(touches);
    if (moved) runner_.note_touched(*moved);
    return moved;
  }
  Result<std::size_t> remove(std::span<const SessionId> ids, EndReason reason,
                             UnixTime now) override {
    auto removed = Sessions::remove(ids, reason, now);
    if (removed) runner_.note_ended(reason, *removed);
    return removed;
  }
  Result<Removed> remove_user(const UserId& user, const RemoveUserOptions& options) override {
    auto removed = Sessions::remove_user(user, options);
    if (removed) runner_.note_ended(options.reason, removed->ids.size());
    return removed;
  }
  Result<std::size_t> prune(UnixTime now, std::size_t limit) override {
    auto gone = Sessions::prune(now, limit);
    if (gone) runner_.note_pruned(*gone);
    return gone;
  }

 private:
  void count(const Result<InsertOutcome>& outcome) {
    if (!outcome || outcome->status != InsertStatus::inserted) return;
    runner_.note_created();
    runner_.note_ended(EndReason::evicted, outcome->evicted.size());
  }
};

class MeasuredUsers final : public Users {
 public:
  using Users::Users;

  Result<SetPasswordOutcome> set_password(const SetPassword& change) override {
    auto outcome = Users::set_password(change);
    if (outcome) {
      runner_.note_ended(EndReason::password_changed, outcome->removed.ids.size());
    }
    return outcome;
  }
  Result<std::optional<Removed>> delete_user(const UserId& id, UnixTime now) override {
    auto removed = Users::delete_user(id, now);
    if (removed && *removed) runner_.note_ended(EndReason::revoked, (*removed)->ids.size());
    return removed;
  }
};

class MeasuredStore final : public EachCallStore<StoreMeter> {
 public:
  MeasuredStore(std::unique_ptr<Store> inner, StoreMeter& meter)
      : EachCallStore(*inner, meter),
        sessions_(inner->sessions(), meter),
        users_(*inner, meter),
        inner_(std::move(inner)) {}

  SessionStore& sessions() override { return sessions_; }
  EpochStore& epochs() override { return users_; }
  UserStore& users() override { return users_; }
  MetaStore& meta() override { return users_; }
  ScanStore* scan() override { return inner_->scan(); }

 private:
  MeasuredSessions sessions_;
  MeasuredUsers users_;
  const std::unique_ptr<Store> inner_;
};

double number(const std::atomic<std::uint64_t>& count) { return static_cast<double>(count.load()); }

std::string label(std::string_view name, std::string_view value) {
  return std::string{name}.append("=\"").append(value).append("\"");
}

}  // namespace

std::string_view call_name(StoreCall call) noexcept {
  return kNames[static_cast<std::size_t>(call)];
}

void StoreMeter::note(StoreCall call, std::chrono::nanoseconds took,
                      std::optional<Errc> failed) noexcept {
  if (failed == Errc::would_wait) return;
  took_[static_cast<std::size_t>(call)].add(took);
  if (!failed) return;
  failed_[static_cast<std::size_t>(call)][static_cast<std::size_t>(*failed)].fetch_add(1);
}

std::string StoreMeter::text(std::string_view backend) const {
  std::string out;
  constexpr std::string_view kDuration = "latchkey_store_duration_seconds";
  append_family(out, kDuration, "histogram", "How long calls of the store took.");
  for (std::size_t i = 0; i < kStoreCalls; ++i) {
    const LatencyTotals took = took_[i].totals();
    if (took.count() == 0) continue;
    append_latency(out, kDuration, label("op", kNames[i]) + "," + label("backend", backend), took);
  }
  constexpr std::string_view kErrors = "latchkey_store_errors_total";
  append_family(out, kErrors, "counter", "Calls of the store that failed.");
  for (std::size_t i = 0; i < kStoreCalls; ++i) {
    for (std::size_t code = 0; code < kCodes; ++code) {
      if (failed_[i][code].load() == 0) continue;
      const std::string kind{error_name(static_cast<Errc>(code))};
      append_sample(out, kErrors, label("op", kNames[i]) + "," + label("kind", kind),
                    number(failed_[i][code]));
    }
  }
  append_metric(out, "latchkey_sessions_created_total", "counter",
                "Sessions that this node opened.", number(created_));
  constexpr std::string_view kEnded = "latchkey_sessions_ended_total";
  append_family(out, kEnded, "counter", "Sessions that this node ended.");
  for (std::size_t reason = static_cast<std::size_t>(EndReason::logout); reason < kReasons;
       ++reason) {
    const auto name = end_reason_name(static_cast<EndReason>(reason));
    append_sample(out, kEnded, label("reason", name), number(ended_[reason]));
  }
  append_metric(out, "latchkey_touch_writes_total", "counter",
                "Sessions whose last use this node wrote.", number(touched_));
  append_metric(out, "latchkey_purge_rows_total", "counter",
                "Rows of expired sessions and of ended ones that this node deleted.",
                number(pruned_));
  return out;
}

std::unique_ptr<Store> make_measured_store(std::unique_ptr<Store> inner, StoreMeter& meter) {
  return std::make_unique<MeasuredStore>(std::move(inner), meter);
}

}  // namespace latchkey::store
