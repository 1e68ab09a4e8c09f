// What a new user writes first, without a web server: somebody signs up and is known by the cookie.
//   consumer [STORE]
#include <cstdio>
#include <map>
#include <string>
#include <utility>

#include <latchkey/auth.h>
#include <latchkey/version.h>

namespace {

using Headers = std::multimap<std::string, std::string>;

int fail(const latchkey::Error& error) {
  std::fprintf(stderr, "%s\n", error.detail.c_str());
  return 1;
}

// cookie_of returns what a browser sends back for the answer's Set-Cookie lines.
std::string cookie_of(const latchkey::AuthSession& session) {
  for (const latchkey::HeaderLine& line : session.response_headers()) {
    if (line.name == "Set-Cookie") return std::string{line.value.substr(0, line.value.find(';'))};
  }
  return {};
}

}  // namespace

int main(int count, char** arguments) {
  const auto auth = latchkey::Auth::open({.store = count > 1 ? arguments[1] : "memory:",
                                          .public_url = "http://localhost:8080",
                                          .passwords = {.workers = 1}});
  if (!auth) return fail(auth.error());

  const Headers form{{"Host", "localhost:8080"}, {"Origin", "http://localhost:8080"}};
  auto visitor = (*auth)->begin({"POST", "/signup", "127.0.0.1", form});
  if (!visitor) return fail(visitor.error());
  const auto outcome = visitor->sign_up({"ada@example.com", "correct horse battery staple"});
  if (!outcome) return fail(outcome.error());

  const Headers later{{"Host", "localhost:8080"}, {"Cookie", cookie_of(*visitor)}};
  const auto known = (*auth)->begin({"GET", "/training", "127.0.0.1", later});
  if (!known) return fail(known.error());
  std::printf("latchkey %s: %s\n", LATCHKEY_VERSION_STRING, *known ? "signed in" : "not signed in");
  return *known ? 0 : 1;
}
