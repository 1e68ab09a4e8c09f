#include <array>
#include <utility>

#include "auth/device_binding/binder.h"
#include "auth/device_binding/proof.h"
#include "bench/fixture.h"
#include "crypto/signature.h"
#include "latchkey/auth.h"
#include "latchkey/memory.h"
#include "tests/support/device_browser.h"
#include "tests/support/manual_clock.h"

// Device-bound sessions: a refresh beside the signature it checks, and what a bound session's check
// costs beside that of another.
namespace latchkey::bench {
namespace {

using latchkey::testing::DeviceBrowser;
using latchkey::testing::ManualClock;
using Headers = std::vector<std::pair<std::string, std::string>>;

// BoundSite has `sessions` bound sessions of one browser, and as many that are not bound. Its clock
// stands still, so that challenges stay good.
struct BoundSite {
  explicit BoundSite(std::uint64_t sessions) {
    auto memory = make_memory_store();
    check(memory.has_value(), "memory store");
    AuthOptions how;
    how.public_url = "https://app.example.com";
    how.near_cache =
        NearCacheOptions{.max_entries = 4 * sessions, .max_age = std::chrono::hours{24}};
    how.prune_every = Millis{0};
    how.event_retention = Millis{0};
    how.device_binding.mode = DeviceBinding::prefer;
    how.clock = &clock;
    auto opened = Auth::open(std::move(*memory), std::move(how));
    check(opened.has_value(), "Auth::open");
    auth = std::move(*opened);
    auto made =
        auth::Binder::make(auth->options().device_binding, auth->sessions().options().cookie,
                           auth->public_url().origin(), auth->engine().meta().meta()->slot_key);
    check(made.has_value(), "Binder::make");
    binder.emplace(*std::move(made));
    const auto key = auth::check_proof(browser.registration("c"), nullptr);
    check(key.proof.has_value(), "check_proof");
    const auth::BindingState state{.key = key.proof->key, .bound_at = clock.now()};
    for (std::uint64_t i = 0; i < 2 * sessions; ++i) {
      auto session = auth->sessions().create(user_of(i));
      check(session.has_value(), "create");
      const std::string cookie = "__Host-session=" + session->token.reveal();
      const SessionId id = session->record.id;
      const std::string line = *binder->write_cookie(id, clock.now());
      const std::string both = cookie + "; " + line.substr(0, line.find(';'));
      if (i >= sessions) {
        unbound.push_back(both);  // as long a header, which is read as far
        continue;
      }
      check(auth->sessions()
                .rebind(id, [&](const SessionRecord&) { return state.write(); })
                .has_value(),
            "rebind");
      bound.push_back(both);
      ids.push_back(id);
    }
  }

  ManualClock clock;
  DeviceBrowser browser = DeviceBrowser::elliptic();
  std::optional<auth::Binder> binder;
  std::unique_ptr<Auth> auth;
  std::vector<std::string> bound, unbound;
  std::vector<SessionId> ids;
};

// Each proof counts once, so they are signed before anything is timed.
Entry device_refresh(const Options& options) {
  constexpr double kShortest = 40e-6;  // seconds a refresh takes at least
  const auto proofs_needed =
      static_cast<std::uint64_t>(options.seconds * (options.pairs + 3) / kShortest);
  constexpr std::uint64_t kSessions = 500;
  BoundSite site(kSessions);
  std::vector<Headers> requests;
  for (std::uint64_t i = 0; i < proofs_needed; ++i) {
    const std::uint64_t which = i % kSessions;
    if (which == 0) site.clock.advance(Millis{1});
    const auto challenge =
        site.binder->challenge(auth::ChallengeKind::refresh, site.ids[which],
                               std::chrono::hours{12}, site.clock.now(), system_entropy());
    requests.push_back({{"Host", "app.example.com"},
                        {"Origin", "https://app.example.com"},
                        {"Sec-Fetch-Site", "same-origin"},
                        {"Sec-Fetch-Mode", "no-cors"},
                        {"Cookie", site.bound[which]},
                        {"Sec-Secure-Session-Id", std::string(site.ids[which].text())},
                        {"Secure-Session-Response", site.browser.refresh(*challenge)}});
  }
  std::uint64_t next = 0;
  const auto refresh = [&](std::uint64_t) {
    constexpr std::uint64_t kBatch = 50;
    for (std::uint64_t k = 0; k < kBatch; ++k) {
      check(next < requests.size(), "the proofs are used up");
      const Headers& headers = requests[next++];
      auto session =
          site.auth->begin({"POST", "/device/refresh", "192.0.2.7", headers}, kDeviceRoute);
      check(session.has_value(), "begin");
      const auto answer = session->refresh_device();
      check(answer && answer->status == 200, "a proof was refused");
      keep(session->response_headers().size());
    }
    return kBatch;
  };
  const std::string point = site.browser.x() + site.browser.y();
  const std::string message(300, 'm'), signature = site.browser.sign(message);
  const auto verify = repeat([&] {
    check(crypto::verify_es256(crypto::as_bytes(point), message, crypto::as_bytes(signature)),
          "verify_es256");
  });
  Entry entry = compare("device_refresh", options, refresh, verify);
  entry.budget = 2;
  return entry;
}

Entry device_check(const Options& options) {
  constexpr std::uint64_t kSessions = 5'000;
  BoundSite site(kSessions);
  const auto begin_with = [&](const std::vector<std::string>& cookies, bool bound) {
    return [&, bound](std::uint64_t i) {
      for (std::uint64_t k = 0; k < 256; ++k) {
        const std::array<std::pair<std::string_view, std::string_view>, 6> headers{
            {{"Host", "app.example.com"},
             {"User-Agent",
              "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"},
             {"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
             {"Cookie", cookies[(i + k) % kSessions]},
             {"Sec-Fetch-Mode", "navigate"},
             {"Sec-Fetch-Site", "same-origin"}}};
        const auto session = site.auth->begin({"GET", "/training", "192.0.2.7", headers});
        check(session && *session && session->device_bound() == bound, "nobody is signed in");
        keep(session->response_headers().size());
      }
      return std::uint64_t{256};
    };
  };
  Entry entry = compare("device_check", options, begin_with(site.bound, true),
                        begin_with(site.unbound, false));
  entry.budget = 1.1;
  return entry;
}

}  // namespace

std::vector<Named> device_benchmarks() {
  return {{"device_refresh", "a refresh of a bound session; limit: the ES256 it checks",
           device_refresh},
          {"device_check", "begin of a bound session; limit: of one that is not", device_check}};
}

}  // namespace latchkey::bench
