#include "account/guessing.h"

#include <algorithm>
#include <optional>

#include "base/log.h"

namespace latchkey::account {

Result<std::unique_ptr<Guessing>> Guessing::open(Store& store, const GuessLimits& limits,
                                                 std::shared_ptr<const SharedKeyRing> keys) {
  auto meta = store.meta().meta();
  if (!meta) return meta.error();
  return std::unique_ptr<Guessing>(
      new Guessing(store.counters(), limits, meta->slot_key, std::move(keys)));
}

Guessing::Guessing(CounterStore& counters, const GuessLimits& limits,
                   const session::SlotKey& slot_key, std::shared_ptr<const SharedKeyRing> keys)
    : counters_(counters),
      limits_(limits),
      names_(slot_key),
      devices_(slot_key, std::move(keys), limits.device_life) {}

std::string Guessing::reference(std::string_view account) const {
  return names_.key(Counted::account, account);
}

Result<Admission> Guessing::before_log_in(std::string_view account, const UserId& user,
                                          std::string_view address, const Returning& client,
                                          UnixTime now) {
  Admission admission{.clears = true};
  std::vector<CounterTry> tries;
  const auto device = devices_.find(client.device, user, now);
  const auto own = std::find_if(client.sessions.begin(), client.sessions.end(),
                                [&](const SessionRecord& one) { return one.user_id == user; });
  if (device || own != client.sessions.end()) {
    admission.claim = {.known_device = true, .share = "user " + std::string(user.text())};
    tries.push_back({device ? names_.key(Counted::device, *device)
                            : names_.key(Counted::session, own->id.text()),
                     limits_.account});
    return take(std::move(tries), std::move(admission), now);
  }
  tries.push_back({names_.key(Counted::account, account), limits_.account});
  if (const auto place = place_of(address)) {
    admission.claim.share = place->address;
    tries.push_back({names_.key(Counted::address, place->address), limits_.address});
    tries.push_back({names_.key(Counted::network, place->network), limits_.network});
  }
  return take(std::move(tries), std::move(admission), now);
}

Result<Admission> Guessing::before_sign_up(std::string_view address, UnixTime now) {
  const auto place = place_of(address);
  if (!place) return Admission{};
  return take({{names_.key(Counted::sign_up, place->address), limits_.sign_ups}},
              {.claim = {.share = place->address}}, now);
}

Result<Admission> Guessing::before_change(const UserId& user, const SessionRecord* session,
                                          UnixTime now) {
  const std::string_view of = session != nullptr ? session->id.text() : user.text();
  return take({{names_.key(Counted::change, of), limits_.account}},
              {.claim = {.known_device = true, .share = "user " + std::string(user.text())},
               .clears = true},
              now);
}

Result<Admission> Guessing::take(std::vector<CounterTry> tries, Admission admission, UnixTime now) {
  if (!limits_.enabled) return admission;
  auto outcome = counters_.take(tries, now);
  if (!outcome) return outcome.error();
  admission.allowed = outcome->taken;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < tries.size(); ++i) {
    if (outcome->states[i].next_at > outcome->states[longest].next_at) longest = i;
    if (outcome->taken) admission.counted.push_back(std::move(tries[i].key));
  }
  if (outcome->taken) return admission;
  admission.retry_after = std::max(outcome->states[longest].next_at - now, Millis{1});
  log(LogLevel::info, "limit_hit",
      {{"limit", counted_name(tries[longest].key)},
       {"counter", tries[longest].key},
       {"tries", std::to_string(outcome->states[longest].count)}});
  return admission;
}

void Guessing::succeeded(const Admission& admission) {
  if (!admission.clears || admission.counted.empty()) return;
  const std::span<const std::string> counted(admission.counted);
  settle(counted.first(1), counted.subspan(1));
}

void Guessing::not_judged(const Admission& admission) { settle({}, admission.counted); }

void Guessing::settle(std::span<const std::string> cleared, std::span<const std::string> returned) {
  if (cleared.empty() && returned.empty()) return;
  const Result<void> settled = counters_.settle(cleared, returned);
  if (settled) return;
  log(LogLevel::warn, "counter_not_settled", {{"code", error_name(settled.error().code)}});
}

}  // namespace latchkey::account
