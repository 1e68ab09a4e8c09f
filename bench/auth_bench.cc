#include <array>
#include <utility>

#include "bench/fixture.h"
#include "latchkey/auth.h"
#include "latchkey/memory.h"

// The front door beside the validation it is made of.
namespace latchkey::bench {
namespace {

constexpr std::uint64_t kSessions = 10'000;

// What a browser sends with a page.
using Headers = std::array<std::pair<std::string_view, std::string_view>, 12>;
Headers browser_headers(std::string_view cookie) {
  return {{{"Host", "app.example.com"},
           {"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"},
           {"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
           {"Accept-Language", "en-US,en;q=0.5"},
           {"Accept-Encoding", "gzip, deflate, br, zstd"},
           {"Connection", "keep-alive"},
           {"Cookie", cookie},
           {"Upgrade-Insecure-Requests", "1"},
           {"Sec-Fetch-Dest", "document"},
           {"Sec-Fetch-Mode", "navigate"},
           {"Sec-Fetch-Site", "same-origin"},
           {"Priority", "u=0, i"}}};
}

// log_in_users makes users with a session each and returns the tokens.
std::vector<std::string> log_in_users(Auth& auth) {
  std::vector<std::string> tokens;
  for (std::uint64_t i = 0; i < kSessions; ++i) {
    StoredUser user;
    user.user.id = user_of(i);
    user.user.username = user.username_key = "user" + std::to_string(i) + "@example.com";
    const auto added = auth.store().users().add_user(user);
    check(added && *added, "add_user");
    auto made = auth.sessions().create(user.user.id);
    check(made.has_value(), "create");
    tokens.push_back(made->token.reveal());
    check(auth.sessions().validate(tokens.back(), {.with_user = true}).has_value(), "validate");
  }
  return tokens;
}

Entry auth_begin_cached(const Options& options) {
  auto memory = make_memory_store();
  check(memory.has_value(), "memory store");
  // One by one: GCC 12 takes members that designated initializers leave out for uninitialized.
  AuthOptions how;
  how.public_url = "https://app.example.com";
  how.near_cache =
      NearCacheOptions{.max_entries = 2 * kSessions, .max_age = std::chrono::hours{24}};
  how.prune_every = Millis{0};
  auto auth = Auth::open(std::move(*memory), std::move(how));
  check(auth.has_value(), "Auth::open");
  const std::vector<std::string> tokens = log_in_users(**auth);
  std::vector<std::string> cookies;
  for (const std::string& token : tokens) cookies.push_back("__Host-session=" + token);
  const auto begin = [&](std::uint64_t i) {
    for (std::uint64_t k = 0; k < 256; ++k) {
      const Headers headers = browser_headers(cookies[(i + k) % kSessions]);
      const auto session = (*auth)->begin({"GET", "/training", "192.0.2.7", headers});
      check(session && *session, "nobody is signed in");
      keep(session->response_headers().size());
    }
    return std::uint64_t{256};
  };
  const auto validate = [&](std::uint64_t i) {
    for (std::uint64_t k = 0; k < 256; ++k) {
      const auto seen =
          (*auth)->sessions().validate(tokens[(i + k) % kSessions], {.with_user = true});
      check(seen && seen->state == SessionState::active, "a session did not validate");
      keep(seen->session->idle_expires_at);
    }
    return std::uint64_t{256};
  };
  Entry entry = compare("auth_begin_cached", options, begin, validate);
  entry.budget = 1.3;
  return entry;
}

}  // namespace

std::vector<Named> auth_benchmarks() {
  return {{"auth_begin_cached", "begin and headers of a signed-in GET; limit: Sessions::validate",
           auth_begin_cached}};
}

}  // namespace latchkey::bench
