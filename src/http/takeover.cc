#include "http/takeover.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "codec/cookie/chunks.h"
#include "codec/token/opaque_token.h"
#include "http/api/api.h"
#include "http/cookie_lines.h"
#include "http/pages/pages.h"
#include "http/visitor.h"
#include "latchkey/cookie.h"

namespace latchkey::http {
namespace {

using session::TakeOver;
using session::TakeOverStatus;

constexpr std::string_view kCounter = "latchkey_take_overs_total";
constexpr std::string_view kCounterHelp =
    "Cookies of another system that were presented, by what came of them.";

bool has(std::span<const std::string_view> lines, std::string_view name) noexcept {
  return find_cookie(lines, name).state != CookieMatch::State::absent;
}

// writes tells whether an answer sets or deletes the cookie `name` or a chunk of it.
bool writes(const Response& response, const std::string& name) {
  return std::any_of(response.headers.begin(), response.headers.end(), [&](const auto& header) {
    return header.first == "Set-Cookie" && header.second.starts_with(name) &&
           header.second.find_first_of("=.") == name.size();
  });
}

// Rewritten is a request as if it had brought our cookie with `token`, too.
struct Rewritten {
  Rewritten(const App& app, const Request& given, const SessionToken& token)
      : line(app.sessions.options().cookie.name + "=" + token.reveal()),
        headers(given.headers.begin(), given.headers.end()),
        request(given) {
    headers.push_back({"cookie", line});
    request.headers = headers;
  }
  ~Rewritten() { wipe(line.data(), line.size()); }
  Rewritten(const Rewritten&) = delete;
  Rewritten& operator=(const Rewritten&) = delete;

  std::string line;
  std::vector<Header> headers;
  Request request;
};

Response failure(const Error& error, const Request& request) {
  return is_api_path(request.path) ? api_failure(error, request) : page_failure(error, request);
}

void log_outcome(const App& app, const Request& request, std::string_view from,
                 const std::string& text, const TakeOver& outcome) {
  const std::string address = client_of(app, request);
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

Migration::Migration(MigrationOptions options, Metrics& metrics)
    : until_(options.until), keep_cookies_(options.keep_cookies) {
  for (OldCookie& cookie : options.cookies) {
    const std::string from = "from=\"" + std::string{cookie.source->name()} + "\",outcome=\"";
    Entry entry{.cookie = std::move(cookie), .first_chunk = {}};
    entry.first_chunk = entry.cookie.name + ".0";
    for (std::size_t i = 0; i < entry.outcomes.size(); ++i) {
      const auto status = static_cast<TakeOverStatus>(i);
      entry.outcomes[i] = &metrics.add(kCounter, kCounterHelp,
                                       from + std::string{take_over_status_name(status)} + "\"");
    }
    entry.failed = &metrics.add(kCounter, kCounterHelp, from + "failed\"");
    entries_.push_back(std::move(entry));
  }
}

bool Migration::wants(const App& app, const Request& request) const noexcept {
  const CookieLines lines(request);
  if (lines.too_many() || app.clock.now() >= until_) return false;
  if (has(lines.get(), app.sessions.options().cookie.name)) return false;
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return has(lines.get(), entry.cookie.name) || has(lines.get(), entry.first_chunk);
  });
}

// A cookie of ours counts, good or bad: the other system's is for who has none.
Migration::Entry* Migration::find(const App& app, const Request& request, std::string& text) {
  // A prefetch changes nothing (R12).
  if (!wants(app, request) || request.header("sec-purpose")) return nullptr;
  const CookieLines lines(request);
  const std::string& own = app.sessions.options().cookie.name;
  if (!codec::stale_chunks(lines.get(), own, {}).empty()) return nullptr;
  for (Entry& entry : entries_) {
    auto joined = codec::read_chunked(lines.get(), entry.cookie.name);
    if (!joined || joined->empty()) continue;
    text = std::move(*joined);
    return &entry;
  }
  return nullptr;
}

Result<TakeOver> Migration::take(App& app, const Request& request, Entry& entry,
                                 const std::string& text) {
  const std::string address = client_of(app, request);
  const DeviceContext context{.user_agent = request.header("user-agent").value_or(""),
                              .address = address};
  auto outcome = session::take_over(*entry.cookie.source, text, app.sessions, app.store, context,
                                    app.clock.now());
  if (!outcome) {
    entry.failed->add();
    return outcome;
  }
  entry.outcomes[static_cast<std::size_t>(outcome->status)]->add();
  log_outcome(app, request, entry.cookie.source->name(), text, *outcome);
  return outcome;
}

Response Migration::answer(App& app, const Request& request, Handler handler) {
  std::string text;
  Entry* entry = find(app, request, text);
  if (entry == nullptr) return handler(app, request);
  auto outcome = take(app, request, *entry, text);
  if (!outcome) return failure(outcome.error(), request);
  const bool spent =
      outcome->status == TakeOverStatus::taken || outcome->status == TakeOverStatus::used;
  Response response;
  if (outcome->session) {
    const NewSession& session = *outcome->session;
    response = handler(app, Rewritten(app, request, session.token).request);
    if (!writes(response, app.sessions.options().cookie.name)) {
      auto cookies = write_cookies(app, request, session.token, session.record);
      if (!cookies) return failure(cookies.error(), request);
      set_cookie_headers(response, std::move(*cookies));
    }
  } else {
    response = handler(app, request);
  }
  if (spent && !keep_cookies_) blank(app, request, response);
  return response;
}

Result<void> Migration::end_for(App& app, const UserId& user) const {
  if (user.empty() || app.clock.now() >= until_) return {};
  // Longer than the window, which may be prolonged, and than any cookie lives.
  const UnixTime until = std::max(until_, add(app.clock.now(), kMaxCookieAge));
  return session::end_take_overs(app.store, user, until);
}

void Migration::blank(const App& app, const Request& request, Response& response) const {
  const CookieLines lines(request);
  std::vector<std::string> values;
  for (const Entry& entry : entries_) {
    if (writes(response, entry.cookie.name)) continue;
    for (std::string& name : codec::stale_chunks(lines.get(), entry.cookie.name, {})) {
      const auto writer = CookieWriter::make({.name = std::move(name), .secure = app.https()});
      if (writer) values.push_back(writer->blank());
    }
  }
  set_cookie_headers(response, std::move(values));
}

}  // namespace latchkey::http
