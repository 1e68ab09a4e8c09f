#include "auth/takeover.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "codec/cookie/chunks.h"
#include "codec/token/opaque_token.h"

namespace latchkey {
namespace {

using session::TakeOver;
using session::TakeOverStatus;

constexpr std::string_view kCounter = "latchkey_take_overs_total";
constexpr std::string_view kCounterHelp =
    "Cookies of another system that were presented, by what came of them.";

void log_outcome(std::string_view from, const std::string& text, const std::string& address,
                 const TakeOver& outcome) {
  if (outcome.status != TakeOverStatus::taken) {
    log(LogLevel::info, "session_not_taken_over",
        {{"from", from},
         {"outcome", session::take_over_status_name(outcome.status)},
         {"reason", outcome.why},
         {"member", outcome.member},
         {"address", address}});
    return;
  }
  const auto old_id = codec::opaque_session_id(text);
  const SessionRecord& record = outcome.session->record;
  log(LogLevel::info, "session_taken_over",
      {{"from", from},
       {"old_session_id", old_id ? old_id->text() : ""},
       {"session_id", record.id.text()},
       {"user_id", record.user_id.text()},
       {"address", address}});
}

}  // namespace

Takeover::Takeover(TakeoverOptions options, Metrics& metrics)
    : until_(options.until), keep_cookies_(options.keep_cookies) {
  for (ForeignCookie& cookie : options.cookies) {
    const std::string from = "from=\"" + std::string{cookie.source->name()} + "\",outcome=\"";
    Entry entry{.cookie = std::move(cookie)};
    for (std::size_t i = 0; i < entry.outcomes.size(); ++i) {
      const auto name = session::take_over_status_name(static_cast<TakeOverStatus>(i));
      entry.outcomes[i] = &metrics.add(kCounter, kCounterHelp, from + std::string{name} + "\"");
    }
    entry.failed = &metrics.add(kCounter, kCounterHelp, from + "failed\"");
    entries_.push_back(std::move(entry));
  }
}

bool Takeover::wants(const auth::RequestFacts& facts, UnixTime now) const {
  if (facts.too_many_cookies() || now >= until_) return false;
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    const auto joined = codec::read_chunked(facts.cookie_lines(), entry.cookie.name);
    return joined && !joined->empty();
  });
}

Result<Takeover::Outcome> Takeover::take(const auth::RequestFacts& facts,
                                         const std::string& address, Sessions& sessions,
                                         Store& store, UnixTime now) {
  if (facts.too_many_cookies() || now >= until_) return Outcome{};
  for (Entry& entry : entries_) {
    const auto text = codec::read_chunked(facts.cookie_lines(), entry.cookie.name);
    if (!text || text->empty()) continue;
    const DeviceContext context{std::string{facts.user_agent}, address};
    auto taken = session::take_over(*entry.cookie.source, *text, sessions, store, context, now);
    if (!taken) {
      entry.failed->add();
      return taken.error();
    }
    entry.outcomes[static_cast<std::size_t>(taken->status)]->add();
    log_outcome(entry.cookie.source->name(), *text, address, *taken);
    const bool spent =
        taken->status == TakeOverStatus::taken || taken->status == TakeOverStatus::used;
    return Outcome{std::move(taken->session), spent};
  }
  return Outcome{};
}

Result<void> Takeover::end_for(Store& store, const UserId& user, UnixTime now) const {
  if (user.empty() || now >= until_) return {};
  // Longer than the window, which may be prolonged, and than any cookie lives.
  return session::end_take_overs(store, user, std::max(until_, add(now, kMaxCookieAge)));
}

std::vector<std::string> Takeover::blank(const auth::RequestFacts& facts, bool secure) const {
  std::vector<std::string> values;
  for (const Entry& entry : entries_) {
    for (std::string& name : codec::stale_chunks(facts.cookie_lines(), entry.cookie.name, {})) {
      const auto writer = CookieWriter::make({.name = std::move(name), .secure = secure});
      if (writer) values.push_back(writer->blank());
    }
  }
  return values;
}

}  // namespace latchkey
