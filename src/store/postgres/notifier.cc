#include "store/postgres/notifier.h"

#include "base/log.h"

namespace latchkey::postgres {

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
  while (true) {
    {
      const MutexLock lock(mutex_);
      while (!pending_ && !stopping_) changed_.wait(mutex_);
      if (!pending_) return;
      pending_ = false;
    }
    Params params;
    params.add(std::string_view(channel_of(client_)));
    params.add(std::string_view(std::to_string(client_.origin())));
    if (Result<Rows> told = client_.write(Sql::notify, params); !told) {
      log(LogLevel::debug, "notify_failed", {{"detail", told.error().detail}});
    }
  }
}

}  // namespace latchkey::postgres
