#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/harness.h"
#include "bench/process.h"

// Engines that a benchmark starts for itself, in a scratch folder, durable as in production.
namespace latchkey::bench {

class Engine {
 public:
  virtual ~Engine() = default;
  // url opens a store that nobody else uses.
  virtual std::string url() const = 0;
};

std::unique_ptr<Engine> start_redis(const Options& options);
std::unique_ptr<Engine> start_redis_cluster(const Options& options);  // three primaries
std::unique_ptr<Engine> start_postgres(const Options& options);

}  // namespace latchkey::bench
