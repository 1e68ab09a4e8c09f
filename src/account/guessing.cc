#include "account/guessing.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/base64url.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "latchkey/address.h"

namespace latchkey::account {
namespace {

// What a counter is of. The letters stand in the store and are never reused.
constexpr char kAccount = 'a', kAddress = 'i', kNetwork = 'n', kDevice = 'd', kSession = 's',
               kSignUp = 'u', kChange = 'p';

std::string_view kind_name(char kind) noexcept {
  switch (kind) {
    case kAccount:
      return "account";
    case kAddress:
      return "address";
    case kNetwork:
      return "network";
    case kSignUp:
      return "sign_up";
    case kChange:
      return "session";
    default:
      return "device";
  }
}

// Place is where a request comes from, as far as limits tell addresses apart: what one customer
// gets, and what is around it.
struct Place {
  std::string address{};
  std::string network{};
};

std::optional<Place> place_of(std::string_view address) {
  const auto parsed = guard::Address::parse(address);
  if (!parsed) return std::nullopt;
  const bool v6 = parsed->is_v6();
  return Place{parsed->network(v6 ? 64 : 32).text(), parsed->network(v6 ? 48 : 24).text()};
}

crypto::Digest256 name_key(const session::SlotKey& slot_key) noexcept {
  return crypto::hmac_sha256(slot_key, crypto::as_bytes("latchkey counters 1"));
}

}  // namespace

Result<std::unique_ptr<Guessing>> Guessing::make(Store& store, const GuessLimits& limits,
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
      names_(crypto::Hash::sha256, name_key(slot_key)),
      devices_(slot_key, std::move(keys), limits.device_life) {}

std::string Guessing::counter_key(char kind, std::string_view of) const {
  std::array<std::uint8_t, 32> mac;
  names_.mac({crypto::as_bytes({&kind, 1}), crypto::as_bytes(of)}, mac);
  constexpr std::size_t kOctets = 15;
  return std::string{kind, ':'} + base64url_encode(std::span(mac).first(kOctets));
}

std::string Guessing::reference(std::string_view account) const {
  return counter_key(kAccount, account);
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
    tries.push_back({device ? counter_key(kDevice, *device) : counter_key(kSession, own->id.text()),
                     limits_.account});
    return take(std::move(tries), std::move(admission), now);
  }
  tries.push_back({counter_key(kAccount, account), limits_.account});
  if (const auto place = place_of(address)) {
    admission.claim.share = place->address;
    tries.push_back({counter_key(kAddress, place->address), limits_.address});
    tries.push_back({counter_key(kNetwork, place->network), limits_.network});
  }
  return take(std::move(tries), std::move(admission), now);
}

Result<Admission> Guessing::before_sign_up(std::string_view address, UnixTime now) {
  const auto place = place_of(address);
  if (!place) return Admission{};
  return take({{counter_key(kSignUp, place->address), limits_.sign_ups}},
              {.claim = {.share = place->address}}, now);
}

Result<Admission> Guessing::before_change(const UserId& user, const SessionRecord* session,
                                          UnixTime now) {
  const std::string_view of = session != nullptr ? session->id.text() : user.text();
  return take({{counter_key(kChange, of), limits_.account}},
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
      {{"limit", kind_name(tries[longest].key.front())},
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
