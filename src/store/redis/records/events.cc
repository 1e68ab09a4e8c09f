#include "store/redis/records/events.h"

#include <array>
#include <map>

#include "base/number.h"
#include "store/event_rules.h"

// event = id LF kind LF user-id LF session-id LF reason LF account LF address LF user-agent LF
//         request-id
namespace latchkey::redis {
namespace {

constexpr std::size_t kEventFields = 9;

std::string print_event(const Event& event) {
  std::string text = event.id;
  text.append("\n").append(std::to_string(static_cast<int>(event.kind)));
  text.append("\n").append(event.user_id.text()).append("\n").append(event.session_id.text());
  text.append("\n").append(event.reason).append("\n").append(event.account);
  text.append("\n").append(event.address).append("\n").append(event.user_agent);
  return text.append("\n").append(event.request_id);
}

Result<Event> read_event(std::string_view at, std::string_view text) {
  std::array<std::string_view, kEventFields> fields{};
  std::size_t count = 0;
  for (bool more = true; more; ++count) {
    if (count == kEventFields) return damaged();
    const std::size_t end = text.find('\n');
    fields[count] = text.substr(0, end);
    more = end != std::string_view::npos;
    if (more) text.remove_prefix(end + 1);
  }
  Event event{.id = std::string(fields[0]),
              .reason = std::string(fields[4]),
              .account = std::string(fields[5]),
              .address = std::string(fields[6]),
              .user_agent = std::string(fields[7]),
              .request_id = std::string(fields[8])};
  std::int64_t millis = 0, kind = 0;
  if (count != kEventFields || !is_event_id(event.id) || !read_number(at, millis) ||
      !read_number(fields[1], kind) || !read_event_names(event, kind, fields[2], fields[3])) {
    return damaged();
  }
  event.at = from_unix_millis(millis);
  return event;
}

std::string suffix_of(const UserId& user) { return user.empty() ? "" : "v:" + user.text(); }

// Sets collects what one script does with events, in the sets of their users: a call for each slot.
class Sets {
 public:
  Sets(Engine& engine, const Script& script) : engine_(engine), script_(script) {}

  // add gives the script `args` for the set of `user`, which the place of a user has in common.
  void add(const UserId& user, std::vector<std::string> args,
           const std::vector<std::string>& first = {}) {
    const Place place = engine_.keys().of_user(user);
    auto [slot, added] = by_slot_.try_emplace(place.slot);
    if (added) slot->second = engine_.script(script_, place, first);
    Call& call = slot->second;
    call.args.push_back(suffix_of(user));
    call.args.insert(call.args.end(), args.begin(), args.end());
  }
  std::vector<Call> calls() const {
    std::vector<Call> all;
    for (const auto& [slot, call] : by_slot_) all.push_back(call);
    return all;
  }

 private:
  Engine& engine_;
  const Script& script_;
  std::map<std::uint16_t, Call> by_slot_;
};

// run_in_sets does to the sets of users what `of_users` says, and then to the set of all: what
// fails in between is done again by the next call.
Result<std::size_t> run_in_sets(Engine& engine, const Sets& of_users, const Call& of_all) {
  const std::vector<Call> calls = of_users.calls();
  if (auto done = sum(engine, calls); !done) return done;
  return sum(engine, {of_all});
}

}  // namespace

Result<void> RedisEvents::append_events(std::span<const Event> events) {
  if (Result<void> fine = check_events(events); !fine) return fine;
  if (events.empty()) return {};
  Call all = engine_.script(kAppendEvents, engine_.keys().of_events(), {});
  Sets of_users(engine_, kAppendEvents);
  for (const Event& event : events) {
    const std::string text = print_event(event);
    all.args.insert(all.args.end(), {"", millis_text(event.at), text});
    if (!event.user_id.empty()) of_users.add(event.user_id, {millis_text(event.at), text});
  }
  const auto done = run_in_sets(engine_, of_users, all);
  if (!done) return done.error();
  return {};
}

Result<EventPage> RedisEvents::list_events(const EventQuery& query) {
  const Result<EventRange> range = range_of(query);
  if (!range) return range.error();
  const Place place =
      query.user_id.empty() ? engine_.keys().of_events() : engine_.keys().of_user(query.user_id);
  const auto reply =
      engine_.read(kListEvents, place,
                   {suffix_of(query.user_id), query.oldest_first ? "oldest" : "newest",
                    millis_text(range->above.first), range->above.second,
                    millis_text(range->below.first), range->below.second,
                    std::to_string(event_kind_number(query.kind)), std::to_string(query.limit)});
  if (!reply) return reply.error();
  const std::vector<Reply>& flat = reply->elements;
  if (flat.size() < 2 || flat.size() % 2 != 0) return damaged();
  EventPage page;
  if (!flat[0].text.empty()) page.next = flat[0].text + '.' + flat[1].text;
  for (std::size_t i = 2; i < flat.size(); i += 2) {
    Result<Event> event = read_event(flat[i].text, flat[i + 1].text);
    if (!event) return event.error();
    page.events.push_back(*std::move(event));
  }
  return page;
}

Result<std::size_t> RedisEvents::blank_addresses(UnixTime before, std::size_t limit) {
  Call all = engine_.script(kReplaceEvents, engine_.keys().of_events(), {""});
  Sets of_users(engine_, kReplaceEvents);
  std::size_t found = 0;
  std::int64_t offset = 0;
  while (offset >= 0 && found < limit) {
    const auto reply =
        engine_.read(kAddressedEvents, engine_.keys().of_events(),
                     {millis_text(before), std::to_string(offset), std::to_string(limit - found)});
    if (!reply) return reply.error();
    const std::vector<Reply>& flat = reply->elements;
    if (flat.size() % 2 != 1) return damaged();
    offset = flat[0].integer;
    for (std::size_t i = 1; i < flat.size(); i += 2, ++found) {
      Result<Event> event = read_event(flat[i].text, flat[i + 1].text);
      if (!event) return event.error();
      event->address.clear();
      const std::vector<std::string> change{flat[i].text, flat[i + 1].text, print_event(*event)};
      all.args.push_back("");
      all.args.insert(all.args.end(), change.begin(), change.end());
      if (!event->user_id.empty()) of_users.add(event->user_id, change, {""});
    }
  }
  if (offset < 0) all.args[2] = millis_text(before);  // up to there no address is left
  return run_in_sets(engine_, of_users, all);
}

Result<std::size_t> RedisEvents::prune_events(UnixTime before, std::size_t limit) {
  const auto old = engine_.read(kOldEvents, engine_.keys().of_events(),
                                {millis_text(before), std::to_string(limit)});
  if (!old) return old.error();
  if (old->elements.empty()) return std::size_t{0};
  Call all = engine_.script(kDropEvents, engine_.keys().of_events(), {});
  Sets of_users(engine_, kDropEvents);
  for (const Reply& text : old->elements) {
    const Result<Event> event = read_event("0", text.text);
    if (!event) return event.error();
    all.args.insert(all.args.end(), {"", text.text});
    if (!event->user_id.empty()) of_users.add(event->user_id, {text.text});
  }
  return run_in_sets(engine_, of_users, all);
}

}  // namespace latchkey::redis
