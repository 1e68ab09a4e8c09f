#include "store/postgres/wire/notifier.h"

#include "base/log.h"

namespace latchkey::postgres {
namespace {

constexpr Millis kSweepEvery = std::chrono::minutes{1};

}  // namespace

Notifier::~Notifier() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void Notifier::tell() {
  const MutexLock lock(mutex_);
  pending_ = true;
  changed_.notify_all();
}

// What is pending when the store closes is told before it does.
void Notifier::run() {
  std::chrono::steady_clock::time_point next_sweep{};
  while (true) {
    {
      const MutexLock lock(mutex_);
      while (!pending_ && !stopping_) changed_.wait(mutex_);
      if (!pending_) return;
      pending_ = false;
    }
    notify();
    const auto now = std::chrono::steady_clock::now();
    if (now < next_sweep) continue;
    next_sweep = now + kSweepEvery;
    sweep();
  }
}

void Notifier::notify() {
  Params params;
  params.add(std::string_view(channel_of(client_)));
  params.add(std::string_view(std::to_string(client_.origin())));
  if (Result<Rows> told = client_.write(Sql::notify, params); !told) {
    log(LogLevel::debug, "notify_failed", {{"detail", told.error().detail}});
  }
}

void Notifier::sweep() {
  if (Result<Rows> swept = client_.write(Sql::sweep_outbox, Params()); !swept) {
    log(LogLevel::debug, "sweep_failed", {{"detail", swept.error().detail}});
  }
}

}  // namespace latchkey::postgres
