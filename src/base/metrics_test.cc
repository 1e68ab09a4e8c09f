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

}  // namespace
}  // namespace latchkey
