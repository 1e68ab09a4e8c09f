#include "base/fork_generation.h"

#include <pthread.h>

#include <atomic>

namespace latchkey {
namespace {

constinit std::atomic<unsigned> g_generation{1};
const int g_fork_handler = pthread_atfork(nullptr, nullptr, [] { g_generation.fetch_add(1); });

}  // namespace

unsigned fork_generation() noexcept { return g_generation.load(std::memory_order_relaxed); }

bool counts_forks() noexcept { return g_fork_handler == 0; }

}  // namespace latchkey
