#include "latchkey/origin_check.h"

#include <gtest/gtest.h>

namespace latchkey::guard {
namespace {

const PublicUrl& site() {
  static const PublicUrl url = *PublicUrl::parse("https://example.com");
  return url;
}

constexpr std::string_view kUnsafe[] = {"POST", "PUT", "PATCH", "DELETE", "ANYTHING"};

OriginVerdict check(std::string_view method, std::optional<std::string_view> fetch_site,
                    std::optional<std::string_view> origin, bool simple_body = true) {
  return check_origin({.method = method,
                       .sec_fetch_site = fetch_site,
                       .origin = origin,
                       .simple_body = simple_body},
                      site());
}

TEST(OriginCheck, R48SafeMethodsPassWhateverTheHeadersSay) {
  for (const auto method : {"GET", "HEAD", "OPTIONS"}) {
    EXPECT_EQ(check(method, "cross-site", "https://evil.example"), OriginVerdict::allowed);
  }
}

TEST(OriginCheck, R49SecFetchSiteDecidesForEveryUnsafeMethod) {
  for (const auto method : kUnsafe) {
    EXPECT_EQ(check(method, "same-origin", std::nullopt), OriginVerdict::allowed) << method;
    EXPECT_EQ(check(method, "none", std::nullopt), OriginVerdict::allowed) << method;
    EXPECT_EQ(check(method, "same-site", std::nullopt), OriginVerdict::cross_site) << method;
    EXPECT_EQ(check(method, "cross-site", std::nullopt), OriginVerdict::cross_site) << method;
    EXPECT_EQ(check(method, "sideways", std::nullopt), OriginVerdict::unproven_form) << method;
    EXPECT_EQ(check(method, "SAME-ORIGIN", std::nullopt), OriginVerdict::unproven_form) << method;
  }
}

TEST(OriginCheck, R49AnUnknownValueLeavesTheDecisionToOrigin) {
  EXPECT_EQ(check("POST", "sideways", "https://example.com"), OriginVerdict::allowed);
  EXPECT_EQ(check("POST", "sideways", "https://evil.example"), OriginVerdict::foreign_origin);
}

TEST(OriginCheck, R50OriginDecidesWhenSecFetchSiteIsAbsent) {
  EXPECT_EQ(check("POST", std::nullopt, "https://example.com"), OriginVerdict::allowed);
  for (const auto* foreign :
       {"https://evil.example", "null", "http://example.com", "https://example.com:8443",
        "https://example.com.", "https://user@example.com", "https://xn--exmple-cua.com",
        "https://EXAMPLE.COM", ""}) {
    for (const auto method : kUnsafe) {
      EXPECT_EQ(check(method, std::nullopt, foreign), OriginVerdict::foreign_origin) << foreign;
      EXPECT_EQ(check(method, std::nullopt, foreign, false), OriginVerdict::foreign_origin);
    }
  }
}

TEST(OriginCheck, BothHeadersMustAgree) {
  EXPECT_EQ(check("POST", "same-origin", "https://evil.example"), OriginVerdict::foreign_origin);
  EXPECT_EQ(check("POST", "none", "null"), OriginVerdict::foreign_origin);
  EXPECT_EQ(check("POST", "cross-site", "https://example.com"), OriginVerdict::cross_site);
  EXPECT_EQ(check("POST", "same-origin", "https://example.com"), OriginVerdict::allowed);
}

TEST(OriginCheck, WithBothAbsentAFormIsRefusedAndJsonIsAllowed) {
  EXPECT_EQ(check("POST", std::nullopt, std::nullopt, true), OriginVerdict::unproven_form);
  EXPECT_EQ(check("POST", std::nullopt, std::nullopt, false), OriginVerdict::allowed);
}

TEST(OriginCheck, ARepeatedHeaderIsRefused) {
  const OriginFacts facts{.method = "POST",
                          .sec_fetch_site = "same-origin",
                          .origin = "https://example.com",
                          .repeated = true};
  EXPECT_EQ(check_origin(facts, site()), OriginVerdict::repeated_header);
}

TEST(OriginCheck, EveryVerdictHasAName) {
  for (const auto verdict :
       {OriginVerdict::allowed, OriginVerdict::cross_site, OriginVerdict::foreign_origin,
        OriginVerdict::unproven_form, OriginVerdict::repeated_header}) {
    EXPECT_NE(origin_verdict_name(verdict), "unknown");
  }
}

}  // namespace
}  // namespace latchkey::guard
