#include "server/metrics/request_counts.h"

#include <gtest/gtest.h>

namespace latchkey::server {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::string_view kNames[] = {"/a", "none"};

TEST(RequestCounts, AreAddedUpOverLoopsAndWrittenByRoute) {
  RequestCounts one(2);
  RequestCounts two(2);
  one.add(0, 200, microseconds{100});  // on the bound: in its bucket
  one.add(0, 200, microseconds{101});
  two.add(0, 503, seconds{11});
  two.add(1, 418, microseconds{1});
  two.add(7, 200, microseconds{1});  // no such route: nothing
  RequestTotals totals(2);
  one.add_to(totals);
  two.add_to(totals);
  const std::string text = request_metrics(totals, kNames);
  const auto holds = [&](std::string_view line) {
    EXPECT_NE(text.find(std::string{line} + "\n"), std::string::npos) << line << "\n" << text;
  };
  holds("latchkey_http_requests_total{route=\"/a\",code=\"200\"} 2");
  holds("latchkey_http_requests_total{route=\"/a\",code=\"503\"} 1");
  holds("latchkey_http_requests_total{route=\"none\",code=\"other\"} 1");
  holds("latchkey_http_request_duration_seconds_bucket{route=\"/a\",le=\"0.0001\"} 1");
  holds("latchkey_http_request_duration_seconds_bucket{route=\"/a\",le=\"0.00025\"} 2");
  holds("latchkey_http_request_duration_seconds_bucket{route=\"/a\",le=\"10\"} 2");
  holds("latchkey_http_request_duration_seconds_bucket{route=\"/a\",le=\"+Inf\"} 3");
  holds("latchkey_http_request_duration_seconds_count{route=\"/a\"} 3");
}

TEST(RequestCounts, RoutesThatNobodyAskedForAreLeftOut) {
  const std::string text = request_metrics(RequestTotals(2), kNames);
  EXPECT_EQ(text.find("route="), std::string::npos) << text;
}

}  // namespace
}  // namespace latchkey::server
