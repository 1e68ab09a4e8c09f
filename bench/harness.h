#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

// What all benchmarks share: pairs of (subject, limit) timed in turn in one process, as CPU time.
namespace latchkey::bench {

// Entry is one printed result. With a limit: nanoseconds of CPU an operation, and the ratio of the
// two as the median over interleaved pairs. Without: a plain value.
struct Entry {
  std::string name;
  double cpu_ns = 0;
  double limit_cpu_ns = 0;
  double ratio = 0;
  int n = 0;
  double min = 0;  // of the ratio
  double max = 0;
  double value = 0;
  std::string unit;   // set for plain values
  double budget = 0;  // what DESIGN promises; 0: none
};

struct Options {
  int pairs = 9;
  double seconds = 0.25;  // CPU seconds of one side of a pair
  std::string directory;  // for databases; kept between runs
  std::string program;    // path of `latchkey`
};

using Benchmark = std::function<Entry(const Options&)>;
struct Named {
  std::string name;
  std::string what;
  Benchmark run;
};

// Every file of this folder offers its benchmarks through one function.
std::vector<Named> validate_benchmarks();
std::vector<Named> auth_benchmarks();
std::vector<Named> device_benchmarks();
std::vector<Named> create_benchmarks();
std::vector<Named> codec_benchmarks();
std::vector<Named> crypto_benchmarks();
std::vector<Named> memory_benchmarks();
std::vector<Named> server_benchmarks();
std::vector<Named> fleet_benchmarks();
std::vector<Named> libjwt_benchmarks();  // only where libjwt is installed
std::vector<Named> redis_benchmarks();
std::vector<Named> postgres_benchmarks();

// Operation runs a batch starting at counter `i` and returns how many operations it did.
using Operation = std::function<std::uint64_t(std::uint64_t i)>;

// repeat makes an operation of 200 calls of `f`.
template <class F>
Operation repeat(F f) {
  return [f = std::move(f)](std::uint64_t) {
    constexpr std::uint64_t kBatch = 200;
    for (std::uint64_t i = 0; i < kBatch; ++i) f();
    return kBatch;
  };
}

// compare times both sides in turn, `options.pairs` times, after one warm-up of each.
Entry compare(const std::string& name, const Options& options, const Operation& subject,
              const Operation& limit);

// summarise fills an Entry from pairs of (subject, limit) CPU nanoseconds an operation.
Entry summarise(const std::string& name, std::vector<std::pair<double, double>> pairs);

// process_cpu_seconds is the CPU time of this process, all threads.
double process_cpu_seconds();

void progress(const std::string& text);
// check ends the program: a benchmark whose work fails has no result.
void check(bool fine, const std::string& what);

// mix is a fixed permutation of 64 bits, for keys and orders that are the same in every run.
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
  x = (x ^ x >> 27) * 0x94d049bb133111ebU;
  return x ^ x >> 31;
}

template <class T>
inline void keep(const T& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

}  // namespace latchkey::bench
