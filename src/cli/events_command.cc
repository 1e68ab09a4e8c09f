#include <algorithm>
#include <cstdio>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "cli/command.h"
#include "cli/moment.h"
#include "cli/report.h"
#include "cli/store_input.h"
#include "cli/user/named.h"
#include "codec/text/time_text.h"
#include "http/admin/operator_json.h"
#include "http/device.h"
#include "latchkey/user_admin.h"
#include "server/serve.h"

// `latchkey events` shows what happened to accounts, and follows what happens.
namespace latchkey::cli {
namespace {

constexpr std::size_t kEventsAtOnce = 500;
constexpr Millis kLookAgain{500};
// Nodes write with a delay, and their clocks differ: so much of the past is looked at again.
constexpr Millis kOverlap = std::chrono::seconds{15};

struct EventsInput {
  StoreInput store{};
  Named named{};
  std::string kind{};
  std::string since{};
  std::size_t limit = 0;  // 0: all
  bool follow = false;
  bool json = false;
};

// One line; the texts of an event hold no control characters.
std::string event_line(const Event& event) {
  std::string line = codec::rfc3339(event.at) + "  ";
  line.append(event_kind_name(event.kind));
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) line.append("  ").append(name).append("=").append(value);
  };
  add("user", event.user_id.text());
  add("session", event.session_id.text());
  add("reason", event.reason);
  add("account", event.account);
  add("address", event.address);
  if (!event.user_agent.empty()) add("device", http::describe_device(event.user_agent));
  add("request", event.request_id);
  return line;
}

Result<EventQuery> query_of(const EventsInput& input, Store& store) {
  EventQuery query{.limit = kEventsAtOnce};
  if (!input.kind.empty()) query.kind = event_kind(input.kind);
  if (!input.since.empty()) query.since = *parse_moment(input.since);
  if (!input.named.user_id.empty()) {
    const auto id = UserId::parse(input.named.user_id);
    if (!id) return no_such_user(input.named);
    query.user_id = *id;
  } else if (!input.named.username.empty()) {
    auto admin = UserAdmin::make(store, {});
    if (!admin) return admin.error();
    const auto user = find_named(*admin, input.named);
    if (!user) return user.error();
    query.user_id = user->user.id;
  }
  return query;
}

// Printer writes events, each once: as NDJSON or as lines.
class Printer {
 public:
  explicit Printer(bool json) : json_(json) {}

  // print tells whether the line could be written.
  bool print(const Event& event) {
    return put(json_ ? http::operator_json(event) : event_line(event)) && std::fflush(stdout) == 0;
  }
  // print_new prints what was not printed since `from`.
  bool print_new(const Event& event) {
    return !seen_.emplace(event.at, event.id).second || print(event);
  }
  void forget(UnixTime before) {
    while (!seen_.empty() && seen_.begin()->first < before) seen_.erase(seen_.begin());
  }

 private:
  const bool json_;
  std::set<std::pair<UnixTime, std::string>> seen_;
};

// each_event shows `take` the events of a query until it returns false or there are no more.
template <class Take>
Result<bool> each_event(EventStore& events, EventQuery query, Take take) {
  do {
    auto page = events.list_events(query);
    if (!page) return page.error();
    for (const Event& event : page->events) {
      if (!take(event)) return false;
    }
    query.after = std::move(page->next);
  } while (!query.after.empty());
  return true;
}

// follow goes on until nobody reads what is printed, or the store fails.
int follow(EventStore& events, EventQuery query, Printer& printer) {
  query.oldest_first = true;
  if (query.since == UnixTime{}) query.since = system_clock().now();
  const UnixTime begun = query.since;
  while (true) {
    const UnixTime looked = system_clock().now();
    const auto more =
        each_event(events, query, [&](const Event& event) { return printer.print_new(event); });
    if (!more) return fail(more.error());
    if (!*more) return server::kExitFailed;
    query.since = std::max(begun, looked - kOverlap);
    printer.forget(query.since);
    std::this_thread::sleep_for(kLookAgain);
  }
}

int run_events(const EventsInput& input) {
  auto opened = open_server_store(input.store, Access::read);
  if (!opened) return fail(opened.error());
  const auto query = query_of(input, *opened->store);
  if (!query) return fail(query.error());
  EventStore& events = opened->store->events();
  Printer printer(input.json);
  if (input.follow) return follow(events, *query, printer);
  std::size_t left = input.limit > 0 ? input.limit : SIZE_MAX;
  bool written = true;
  EventQuery asked = *query;
  asked.limit = std::min(left, kEventsAtOnce);
  const auto all = each_event(events, asked, [&](const Event& event) {
    written = printer.print(event);
    return written && --left > 0;
  });
  if (!all) return fail(all.error());
  return written ? server::kExitOk : server::kExitFailed;
}

std::string kind_names() {
  std::string names;
  for (std::uint8_t kind = 1; kind <= kLastEventKind; ++kind) {
    names.append(kind > 1 ? ", " : "").append(event_kind_name(static_cast<EventKind>(kind)));
  }
  return names;
}

}  // namespace

void add_events(CLI::App& program, Action& action) {
  auto input = std::make_shared<EventsInput>();
  CLI::App* command = program.add_subcommand("events", "Show what happened to accounts");
  add_store_options(*command, input->store);
  add_named(*command, input->named, false);
  command->add_option("--kind", input->kind, "Only events of this kind")
      ->type_name("KIND")
      ->check([](const std::string& name) {
        return event_kind(name) ? std::string{}
                                : "there is no such kind; there are " + kind_names();
      });
  command->add_option("--since", input->since, "Only events from this time on")
      ->type_name("TIME")
      ->check([](const std::string& text) {
        return parse_moment(text) ? std::string{}
                                  : std::string{"write a time such as 2026-11-21T05:00:00Z"};
      });
  command->add_option("--limit", input->limit, "At most so many; 0, which is the default: all")
      ->type_name("N");
  command->add_flag("--follow", input->follow, "Go on, with what happens from now on");
  command->add_flag("--json", input->json, "Print one JSON object a line");
  command->footer(
      "Examples:\n  latchkey events --data latchkey-data --username ada@example.com\n"
      "  latchkey events --data latchkey-data --kind log_in_failed --since 2026-11-21T05:00:00Z\n"
      "  latchkey events --data latchkey-data --follow --json\n"
      "Newest first; with --follow as they come. Works beside running servers.");
  command->callback([input, &action] { action = [input] { return run_events(*input); }; });
}

}  // namespace latchkey::cli
