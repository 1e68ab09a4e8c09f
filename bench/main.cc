// latchkey_bench [NAME...] [--json FILE] [--pairs N] [--list] [--dir DIR] [--program FILE]
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/harness.h"

namespace {

using latchkey::bench::check;
using latchkey::bench::Entry;
using latchkey::bench::Named;

// Written anew after each benchmark: what was measured is kept when a later one fails.
void write(const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  check(file != nullptr, "cannot write " + path);
  std::fputs(text.c_str(), file);
  check(std::fclose(file) == 0, "cannot write " + path);
}

std::string to_json(const Entry& entry) {
  char text[512];
  if (!entry.unit.empty()) {
    std::snprintf(text, sizeof text, R"({"name":"%s","value":%.2f,"unit":"%s","budget":%.2f})",
                  entry.name.c_str(), entry.value, entry.unit.c_str(), entry.budget);
  } else {
    std::snprintf(text, sizeof text,
                  R"({"name":"%s","cpu_ns":%.1f,"limit_cpu_ns":%.1f,"ratio":%.3f,"n":%d,)"
                  R"("min":%.3f,"max":%.3f,"budget":%.2f})",
                  entry.name.c_str(), entry.cpu_ns, entry.limit_cpu_ns, entry.ratio, entry.n,
                  entry.min, entry.max, entry.budget);
  }
  return text;
}

void print(const Entry& entry) {
  if (!entry.unit.empty()) {
    std::printf("%-28s %10.2f %s", entry.name.c_str(), entry.value, entry.unit.c_str());
  } else {
    std::printf("%-28s %10.0f ns CPU, %.2fx the limit of %.0f ns (%.2f to %.2f over %d pairs)",
                entry.name.c_str(), entry.cpu_ns, entry.ratio, entry.limit_cpu_ns, entry.min,
                entry.max, entry.n);
  }
  if (entry.budget > 0) {
    const double figure = entry.unit.empty() ? entry.ratio : entry.value;
    std::printf("  budget %.2f: %s", entry.budget, figure <= entry.budget ? "met" : "MISSED");
  }
  std::printf("\n");
  std::fflush(stdout);
}

std::vector<Named> all_benchmarks() {
  std::vector<Named> all;
  for (auto* part : {latchkey::bench::validate_benchmarks, latchkey::bench::auth_benchmarks,
                     latchkey::bench::device_benchmarks, latchkey::bench::create_benchmarks,
                     latchkey::bench::codec_benchmarks, latchkey::bench::crypto_benchmarks,
                     latchkey::bench::memory_benchmarks, latchkey::bench::server_benchmarks,
                     latchkey::bench::fleet_benchmarks, latchkey::bench::redis_benchmarks,
                     latchkey::bench::postgres_benchmarks}) {
    for (Named& named : part()) all.push_back(std::move(named));
  }
#ifdef LATCHKEY_BENCH_LIBJWT
  for (Named& named : latchkey::bench::libjwt_benchmarks()) all.push_back(std::move(named));
#endif
  return all;
}

int usage(const std::vector<Named>& all, std::FILE* to) {
  std::fprintf(to,
               "usage: latchkey_bench [NAME...] [--json FILE] [--pairs N] [--seconds S] [--dir DIR]"
               " [--program FILE]\n\nWithout a name all of them run:\n");
  for (const Named& named : all) {
    std::fprintf(to, "  %-28s %s\n", named.name.c_str(), named.what.c_str());
  }
  return to == stdout ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<Named> all = all_benchmarks();
  latchkey::bench::Options options;
  options.directory = "build/bench";
  options.program = "build/release/latchkey";
  std::string json_file;
  std::vector<std::string> names;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--help" || word == "--list") return usage(all, stdout);
    if (!word.starts_with("--")) {
      names.push_back(word);
      continue;
    }
    if (i + 1 >= argc) return usage(all, stderr);
    const std::string value = argv[++i];
    if (word == "--json") {
      json_file = value;
    } else if (word == "--pairs") {
      options.pairs = std::max(1, std::atoi(value.c_str()));
    } else if (word == "--seconds") {
      options.seconds = std::atof(value.c_str());
    } else if (word == "--dir") {
      options.directory = value;
    } else if (word == "--program") {
      options.program = value;
    } else {
      return usage(all, stderr);
    }
  }
  for (const std::string& name : names) {
    if (std::none_of(all.begin(), all.end(), [&](const Named& n) { return n.name == name; })) {
      std::fprintf(stderr, "there is no benchmark named %s\n\n", name.c_str());
      return usage(all, stderr);
    }
  }
  mkdir(options.directory.c_str(), 0700);
  std::string entries;
  for (const Named& named : all) {
    if (!names.empty() && std::find(names.begin(), names.end(), named.name) == names.end())
      continue;
    latchkey::bench::progress(named.name + ": " + named.what);
    const Entry entry = named.run(options);
    print(entry);
    entries += (entries.empty() ? "\n " : ",\n ") + to_json(entry);
    if (!json_file.empty()) write(json_file, "[" + entries + "\n]\n");
  }
  return 0;
}
