#include "bench/harness.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace latchkey::bench {
namespace {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// CPU nanoseconds of one operation, over at least `seconds` of CPU.
double time_side(const Operation& operation, double seconds, std::uint64_t& counter) {
  const double start = process_cpu_seconds();
  std::uint64_t done = 0;
  double used = 0;
  do {
    done += operation(counter + done);
    used = process_cpu_seconds() - start;
  } while (used < seconds);
  counter += done;
  return used * 1e9 / static_cast<double>(done);
}

}  // namespace

double process_cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void progress(const std::string& text) {
  std::fprintf(stderr, "  %s\n", text.c_str());
  std::fflush(stderr);
}

void check(bool fine, const std::string& what) {
  if (fine) return;
  std::fprintf(stderr, "benchmark failed: %s\n", what.c_str());
  std::exit(1);
}

Entry summarise(const std::string& name, std::vector<std::pair<double, double>> pairs) {
  std::vector<double> subject, limit, ratio;
  for (const auto& [a, b] : pairs) {
    subject.push_back(a);
    limit.push_back(b);
    ratio.push_back(a / b);
  }
  Entry entry;
  entry.name = name;
  entry.cpu_ns = median(subject);
  entry.limit_cpu_ns = median(limit);
  entry.ratio = median(ratio);
  entry.n = static_cast<int>(pairs.size());
  entry.min = *std::min_element(ratio.begin(), ratio.end());
  entry.max = *std::max_element(ratio.begin(), ratio.end());
  return entry;
}

Entry compare(const std::string& name, const Options& options, const Operation& subject,
              const Operation& limit) {
  std::uint64_t subject_counter = 0;
  std::uint64_t limit_counter = 0;
  time_side(subject, options.seconds, subject_counter);
  time_side(limit, options.seconds, limit_counter);
  std::vector<std::pair<double, double>> pairs;
  for (int i = 0; i < options.pairs; ++i) {
    // The order turns around, so that a drift of the machine favours neither side.
    double a = 0;
    if (i % 2 == 0) a = time_side(subject, options.seconds, subject_counter);
    const double b = time_side(limit, options.seconds, limit_counter);
    if (i % 2 == 1) a = time_side(subject, options.seconds, subject_counter);
    pairs.emplace_back(a, b);
    char line[128];
    std::snprintf(line, sizeof line, "pair %d of %d: %.0f ns against %.0f ns", i + 1, options.pairs,
                  a, b);
    progress(line);
  }
  return summarise(name, std::move(pairs));
}

}  // namespace latchkey::bench
