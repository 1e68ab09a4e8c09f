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
  EXPECT_EQ(check("POST", "cross-site", "https://example.com"), OriginVerdict::cross_site);
  EXPECT_EQ(check("POST", "same-origin", "https://example.com"), OriginVerdict::allowed);
}

TEST(OriginCheck, WithBothAbsentAFormIsRefusedAndJsonIsAllowed) {
  EXPECT_EQ(check("POST", std::nullopt, std::nullopt, true), OriginVerdict::unproven_form);
  EXPECT_EQ(check("POST", std::nullopt, std::nullopt, false), OriginVerdict::allowed);
}

// A doubled header: what it holds does not matter any more.
constexpr std::string_view kTwice = "twice";

struct TableRow {
  std::string_view origin;  // empty: absent
  // One letter for each column of kSites. A: allowed. J: only what no form sends. F, C, R: refused
  // as foreign_origin, cross_site, repeated_header.
  std::string_view verdicts;
};
constexpr std::string_view kSites[] = {"",           "same-origin", "none",        "same-site",
                                       "cross-site", "sideways",    "SAME-ORIGIN", kTwice};
constexpr TableRow kTable[] = {
    {"", "JAACCJJR"},
    {"https://example.com", "AAACCAAR"},
    {"null", "FAFFFFFR"},
    {"https://evil.example", "FFFFFFFR"},
    {"http://example.com", "FFFFFFFR"},
    {"https://example.com:443", "FFFFFFFR"},
    {"https://example.com:8443", "FFFFFFFR"},
    {"https://EXAMPLE.com", "FFFFFFFR"},
    {"https://example.com/", "FFFFFFFR"},
    {"https://example.com.", "FFFFFFFR"},
    {"https://example.com.evil.example", "FFFFFFFR"},
    {"https://sub.example.com", "FFFFFFFR"},
    {"https://user@example.com", "FFFFFFFR"},
    {"https://example.com https://example.com", "FFFFFFFR"},
    {"example.com", "FFFFFFFR"},
    {"NULL", "FFFFFFFR"},
    {"null ", "FFFFFFFR"},
    {"about:blank", "FFFFFFFR"},
    {"file://", "FFFFFFFR"},
    {kTwice, "RRRRRRRR"},
};

OriginVerdict verdict_of(char letter, bool simple_body) {
  if (letter == 'A') return OriginVerdict::allowed;
  if (letter == 'C') return OriginVerdict::cross_site;
  if (letter == 'F') return OriginVerdict::foreign_origin;
  if (letter == 'R') return OriginVerdict::repeated_header;
  return simple_body ? OriginVerdict::unproven_form : OriginVerdict::allowed;
}

// F3, R48-R51: every pair of the two headers, with each method and kind of body.
TEST(OriginCheck, F3TheWholeTableHolds) {
  for (const TableRow& row : kTable) {
    for (std::size_t i = 0; i < std::size(kSites); ++i) {
      OriginFacts facts;
      if (!kSites[i].empty()) facts.sec_fetch_site = kSites[i];
      if (!row.origin.empty()) facts.origin = row.origin;
      facts.repeated = kSites[i] == kTwice || row.origin == kTwice;
      for (const bool simple_body : {true, false}) {  // a form; JSON or no body
        facts.simple_body = simple_body;
        for (const auto method : {"POST", "PUT", "PATCH", "DELETE", "post", "ANYTHING", ""}) {
          facts.method = method;
          EXPECT_EQ(check_origin(facts, site()), verdict_of(row.verdicts[i], simple_body))
              << row.origin << " | " << kSites[i] << " | " << method << " | " << simple_body;
        }
        for (const auto method : {"GET", "HEAD", "OPTIONS"}) {
          facts.method = method;
          EXPECT_EQ(check_origin(facts, site()), OriginVerdict::allowed) << method;
        }
      }
    }
  }
}

TEST(OriginCheck, F3AnOriginIsShownPrintableAndBounded) {
  EXPECT_EQ(shown_origin("https://evil.example"), "https://evil.example");
  EXPECT_EQ(shown_origin("a\r\nb\x1b[31m\xc3\xa9 c"), "a??b?[31m???c");
  EXPECT_EQ(shown_origin(std::string(5000, 'a')), std::string(120, 'a') + "...");
  EXPECT_EQ(shown_origin(""), "");
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
