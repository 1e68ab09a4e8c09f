#include "codec/cookie_options.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace latchkey::codec {
namespace {

std::string domain_fault(std::string domain) {
  return cookie_fault({.name = "s", .domain = std::move(domain)});
}
std::string path_fault(std::string path) {
  return cookie_fault({.name = "s", .path = std::move(path)});
}

TEST(CookieOptions, ADomainIsAHostNameWithAnEnding) {
  for (const char* domain :
       {"", "example.com", "Example.COM", "a.b.example.co.uk", "xn--bcher-kva.ch",
        "a_b.example.com", "1.example.com", "example.a1"}) {
    EXPECT_EQ(domain_fault(domain), "") << domain;
  }
  EXPECT_EQ(domain_fault(std::string(63, 'a') + ".example.com"), "");
}

// F12: browsers drop each of these without a word.
TEST(CookieOptions, F12ADomainThatNoBrowserKeepsIsRefusedWithTheCure) {
  using namespace std::string_literals;
  const std::string label(63, 'a');
  const std::vector<std::pair<std::string, std::string_view>> cases = {
      {"http://example.com", "the scheme"},
      {"https://example.com/", "the scheme"},
      {"example.com:8080", "a port"},
      {"exa mple", "blanks"},
      {" example.com", "blanks"},
      {"example.com ", "blanks"},
      {"example.com/app", "a host name alone"},
      {"example.com?x", "a host name alone"},
      {"user@example.com", "a host name alone"},
      {"127.0.0.1", "IP address"},
      {"192.0.2.7", "IP address"},
      {"1.2.3", "IP address"},
      {"a.0x7f", "IP address"},
      {"::1", "IP address"},
      {"[::1]", "IP address"},
      {"2001:db8::1", "IP address"},
      {".example.com", "begin with a dot"},
      {"..example.com", "begin with a dot"},
      {".", "begin with a dot"},
      {"example.com.", "end with a dot"},
      {"a..example.com", "empty label"},
      {"com", "single label"},
      {"localhost", "single label"},
      {"-a.example.com", "begins or ends with -"},
      {"a-.example.com", "begins or ends with -"},
      {"*.example.com", "no host name has"},
      {"a,example.com", "no host name has"},
      {"a;b.example.com", "no host name has"},
      {"a%20b.example.com", "no host name has"},
      {"b\xc3\xbc"
       "cher.ch",
       "xn--"},
      {"a\nb.example.com", "ASCII"},
      {"example.com\0"s, "ASCII"},
      {"example.com\t", "ASCII"},
      {label + "a.example.com", "63 octets"},
      {label + "." + label + "." + label + "." + label + ".com", "253 octets"},
      {std::string(2000, 'a'), "253 octets"},
  };
  for (const auto& [domain, cure] : cases) {
    const std::string fault = domain_fault(domain);
    EXPECT_NE(fault.find(cure), std::string::npos) << domain << ": " << fault;
    EXPECT_LT(fault.size(), 250U);
    EXPECT_EQ(fault.find_first_of("\n\t"), std::string::npos) << domain;
  }
}

TEST(CookieOptions, F12APathThatNoBrowserSendsIsRefused) {
  for (const char* path : {"/", "/app", "/app/", "/a%20b", "/a.b/..c/d..", "/~a/$b", "/a//b"}) {
    EXPECT_EQ(path_fault(path), "") << path;
  }
  for (const char* path :
       {"", "app", "app/", "/a;b", "/a\nb", "/a b", "/a ", "/a?b", "/a#b", "/a\\b", "/a\"b", "/<a>",
        "/{a}", "/./a", "/a/..", "/a/../b", "/caf\xc3\xa9", "https://example.com/app"}) {
    EXPECT_NE(path_fault(path), "") << path;
  }
  EXPECT_NE(path_fault("/" + std::string(1024, 'p')), "");
  EXPECT_EQ(path_fault("/" + std::string(1023, 'p')), "");
}

TEST(CookieOptions, F12ANameThatNoBrowserKeepsIsRefused) {
  for (const char* name : {"", " ", "a b", "a=b", "a;b", "a,b", "\"a\"", "a\tb", "a\r\nb", "a\x7f",
                           "caf\xc3\xa9", "(a)", "a/b", "[a]", "a:b"}) {
    EXPECT_NE(cookie_fault({.name = name}), "") << name;
  }
  for (const char* name : {"s", "auth_session", "__Secure-s", "a.0", "$a", "session-4470"}) {
    EXPECT_EQ(cookie_fault({.name = name}), "") << name;
  }
}

TEST(CookieOptions, WhatIsMadeFromThemIsRefusedToo) {
  const auto made = CookieWriter::make({.name = "s", .domain = "http://example.com"});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::bad_config);
  EXPECT_EQ(made.error().detail,
            "the cookie domain \"http://example.com\" is an address: leave out the scheme");
}

}  // namespace
}  // namespace latchkey::codec
