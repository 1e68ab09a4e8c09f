#include "server/application.h"

#include <gtest/gtest.h>

namespace latchkey::server {
namespace {

struct UrlCase {
  const char* host;
  const char* public_url;  // empty: not set
  bool plain;              // allow_plain_http
  const char* outcome;     // an origin, or part of the error
};

// F9: passwords and cookies cross no network unencrypted unless somebody said so.
TEST(PublicUrlOfTheServer, F9PlainHttpIsServedOnLoopbackOnly) {
  constexpr UrlCase kCases[] = {
      {"127.0.0.1", "", false, "http://localhost:4470"},
      {"127.9.9.9", "", false, "http://localhost:4470"},
      {"::1", "", false, "http://localhost:4470"},
      {"::ffff:127.0.0.1", "", false, "http://localhost:4470"},
      {"localhost", "", false, "http://localhost:4470"},
      {"127.0.0.1", "http://localhost:1", false, "http://localhost:1"},
      {"127.0.0.1", "https://a.example", false, "https://a.example"},
      {"0.0.0.0", "", false, "server.public_url must be set"},
      {"0.0.0.0", "", true, "server.public_url must be set"},
      {"192.0.2.7", "", false, "server.public_url must be set"},
      {"::", "", false, "server.public_url must be set"},
      {"0.0.0.0", "http://localhost:4470", false, "--allow-plain-http"},
      {"192.0.2.7", "http://127.0.0.1:4470", false, "--allow-plain-http"},
      {"::", "http://[::1]:4470", false, "--allow-plain-http"},
      {"::ffff:192.0.2.7", "http://localhost:4470", false, "--allow-plain-http"},
      {"0.0.0.0", "http://localhost:4470", true, "http://localhost:4470"},
      {"0.0.0.0", "https://a.example", false, "https://a.example"},
      {"192.0.2.7", "https://localhost:8443", false, "https://localhost:8443"},
      {"0.0.0.0", "http://192.0.2.7", true, "https://192.0.2.7"},
      {"127.0.0.1", "http://a.example", true, "https://a.example"},
      {"127.0.0.1", "nonsense", false, "server.public_url: "},
  };
  for (const UrlCase& one : kCases) {
    Config config;
    config.public_url = one.public_url;
    config.allow_plain_http = one.plain;
    const Result<PublicUrl> url = decide_public_url(config, one.host, 4470);
    const std::string told = url ? url->origin() : url.error().detail;
    EXPECT_NE(told.find(one.outcome), std::string::npos)
        << one.host << ' ' << one.public_url << ": " << told;
    if (url) {
      EXPECT_EQ(told, one.outcome);
    }
  }
}

// Only what was bound tells where a name leads; 127.evil.example is a name.
TEST(PublicUrlOfTheServer, F9ANameIsJudgedByTheAddressItHas) {
  const Config config;
  EXPECT_TRUE(decide_public_url(config, "127.evil.example", 4470)) << "before it is resolved";
  EXPECT_FALSE(decide_public_url(config, "192.0.2.7", 4470)) << "what it resolved to";
}

}  // namespace
}  // namespace latchkey::server
