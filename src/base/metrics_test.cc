#include "base/metrics.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

TEST(Metrics, AreWrittenByFamilyAsPrometheusReadsThem) {
  Metrics metrics;
  Counter& first = metrics.add("a_total", "Things.", "kind=\"x\"");
  metrics.add("a_total", "Things.", "kind=\"y\"");
  metrics.add("b_total", "Others.", "");
  first.add();
  first.add();
  EXPECT_EQ(metrics.text(),
            "# HELP a_total Things.\n# TYPE a_total counter\n"
            "a_total{kind=\"x\"} 2\na_total{kind=\"y\"} 0\n"
            "# HELP b_total Others.\n# TYPE b_total counter\nb_total{} 0\n");
}

TEST(Metrics, AFamilyOfOneValueHasNoBraces) {
  std::string text;
  append_metric(text, "a_seconds", "gauge", "How long.", 0.25);
  append_metric(text, "b_total", "counter", "Many.", 12'345'678);
  EXPECT_EQ(text,
            "# HELP a_seconds How long.\n# TYPE a_seconds gauge\na_seconds 0.25\n"
            "# HELP b_total Many.\n# TYPE b_total counter\nb_total 12345678\n");
}

}  // namespace
}  // namespace latchkey
