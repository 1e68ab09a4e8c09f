#include "tests/fleet/fleet.h"

#include <algorithm>
#include <barrier>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "latchkey/open_store.h"

namespace latchkey::testing {
namespace {

using Steady = std::chrono::steady_clock;

// Between two looks of a node: the lag is known to this precision.
constexpr std::chrono::microseconds kLook{50};

std::string detail_of(const Error& error) {
  return std::string(error_name(error.code)) + " " + error.detail;
}

// A store that is too slow for its deadline, as on a machine with much else to do, has said
// nothing.
enum class Look : std::uint8_t { active, ended, failed };

Look look(Sessions& sessions, const std::string& token) {
  const auto validation = sessions.validate(token, {.touch = false});
  if (!validation) return Look::failed;
  return validation->state == SessionState::active ? Look::active : Look::ended;
}

Look look_patiently(Sessions& sessions, const std::string& token) {
  const auto late = Steady::now() + std::chrono::seconds{20};
  Look seen = look(sessions, token);
  while (seen == Look::failed && Steady::now() < late) seen = look(sessions, token);
  return seen;
}

// touch_everywhere lets every node move the session's idle deadline, as a user at work does: a node
// must hear of the end of what it wrote itself, too.
void touch_everywhere(Fleet& fleet, const SessionRecord& record) {
  UnixTime seen = record.last_seen_at;
  for (std::size_t node = 0; node < fleet.size(); ++node) {
    seen += Millis{1};
    const Touch touch{record.id, seen, seen + record.idle};
    const auto moved = fleet.store(node).sessions().touch({&touch, 1});
    demand(moved && *moved == 1, "a session could not be touched");
  }
}

// Watch is what the nodes look at in one trial.
struct Watch {
  std::string token;
  std::vector<Steady::time_point> last_accepted;
};

// patiently calls again what a machine with much to do did not answer in time: the first connection
// of a node may take longer than a call waits.
template <class Call>
auto patiently(const Call& call) {
  constexpr int kTries = 20;
  auto made = call();
  for (int tries = 1; !made && error_retryable(made.error().code) && tries < kTries; ++tries) {
    made = call();
  }
  return made;
}

}  // namespace

void demand(bool fine, const std::string& what) {
  if (fine) return;
  std::fprintf(stderr, "fleet: %s\n", what.c_str());
  std::exit(1);
}

Fleet::Fleet(const std::vector<std::string>& urls, Millis max_age) {
  for (const std::string& url : urls) {
    auto store = patiently([&] { return open_store(url); });
    demand(store.has_value(), store ? "" : detail_of(store.error()));
    Node node{std::move(*store), nullptr, nullptr};
    node.cache = make_near_cache(*node.store, {.max_entries = 1'000'000, .max_age = max_age});
    auto sessions = patiently([&] { return Sessions::open(*node.cache, {}); });
    demand(sessions.has_value(), sessions ? "" : detail_of(sessions.error()));
    node.sessions = std::move(*sessions);
    nodes_.push_back(std::move(node));
  }
}

NewSession Fleet::sign_in(std::size_t node, std::uint64_t user) {
  const UserId id{static_cast<std::int64_t>(user)};
  auto made = patiently([&] { return sessions(node).create(id); });
  demand(made.has_value(), made ? "" : detail_of(made.error()));
  const std::string token = made->token.reveal();
  for (std::size_t i = 0; i < size(); ++i) {
    demand(look_patiently(sessions(i), token) == Look::active,
           "a new session is not known on every node");
  }
  return std::move(*made);
}

Load::Load(Fleet& fleet, std::size_t count, std::chrono::microseconds pause) : fleet_(fleet) {
  constexpr std::uint64_t kFirstUser = 1ULL << 40;
  for (std::size_t i = 0; i < count; ++i) {
    tokens_.push_back(fleet.sign_in(i % fleet.size(), kFirstUser + i).token.reveal());
  }
  for (std::size_t node = 0; node < fleet.size(); ++node) {
    threads_.emplace_back([this, node, pause] { run(node, pause); });
  }
}

Load::~Load() {
  stopping_.store(true);
  for (std::thread& thread : threads_) thread.join();
}

void Load::run(std::size_t node, std::chrono::microseconds pause) {
  for (std::size_t i = node; !stopping_.load(); i += 7) {
    const auto validation = fleet_.sessions(node).validate(tokens_[i % tokens_.size()]);
    checks_.fetch_add(1, std::memory_order_relaxed);
    if (validation && validation->state != SessionState::active) wrong_.fetch_add(1);
    std::this_thread::sleep_for(pause);
  }
}

double Lag::percentile(double share) const {
  if (milliseconds.empty()) return 0;
  const auto at =
      static_cast<std::size_t>(std::ceil(share * static_cast<double>(milliseconds.size())));
  return milliseconds[std::min(milliseconds.size(), std::max<std::size_t>(at, 1)) - 1];
}

Lag measure_lag(Fleet& fleet, const LagOptions& options) {
  Lag lag;
  Watch watch;
  std::atomic<bool> stopping{false};
  std::atomic<std::int64_t> deadline{0};  // of a trial, once the end was acknowledged
  std::atomic<std::size_t> gave_up{0};
  const auto parties = static_cast<std::ptrdiff_t>(fleet.size() + 1);
  std::barrier begin(parties);
  std::barrier looking(parties);
  std::barrier end(parties);

  std::vector<std::thread> nodes;
  for (std::size_t node = 0; node < fleet.size(); ++node) {
    nodes.emplace_back([&, node] {
      while (true) {
        begin.arrive_and_wait();
        if (stopping.load()) return;
        Look seen = look(fleet.sessions(node), watch.token);
        static_cast<void>(looking.arrive());
        for (; seen != Look::ended; seen = look(fleet.sessions(node), watch.token)) {
          if (seen == Look::active) watch.last_accepted[node] = Steady::now();
          const std::int64_t until = deadline.load();
          if (until != 0 && Steady::now().time_since_epoch().count() > until) {
            gave_up.fetch_add(1);
            break;
          }
          std::this_thread::sleep_for(kLook);
        }
        end.arrive_and_wait();
      }
    });
  }
  for (std::size_t i = 0; i < options.revocations; ++i) {
    const NewSession session = fleet.sign_in(i % fleet.size(), i);
    watch.token = session.token.reveal();
    watch.last_accepted.assign(fleet.size(), {});
    deadline.store(0);
    touch_everywhere(fleet, session.record);
    const std::size_t gave_up_before = gave_up.load();
    begin.arrive_and_wait();
    looking.arrive_and_wait();
    Sessions& ending = fleet.sessions((i + 1) % fleet.size());
    const auto ended = patiently([&] { return ending.revoke(session.record.id); });
    const Steady::time_point acknowledged = Steady::now();
    deadline.store((acknowledged + options.give_up).time_since_epoch().count());
    // False: an earlier call has done it, and its answer was late.
    demand(ended.has_value(), "a session could not be ended");
    end.arrive_and_wait();
    const auto last = *std::max_element(watch.last_accepted.begin(), watch.last_accepted.end());
    const std::chrono::duration<double, std::milli> after = last - acknowledged;
    lag.milliseconds.push_back(std::max(0.0, after.count()));
    if (gave_up.load() != gave_up_before) ++lag.never_ended;
  }
  stopping.store(true);
  begin.arrive_and_wait();
  for (std::thread& thread : nodes) thread.join();
  std::sort(lag.milliseconds.begin(), lag.milliseconds.end());
  return lag;
}

}  // namespace latchkey::testing
