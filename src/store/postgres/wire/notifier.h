#pragma once

#include <thread>

#include "base/mutex.h"
#include "store/postgres/wire/client.h"

namespace latchkey::postgres {

// channel_of names the channel of a store's notifications.
inline std::string channel_of(const Client& client) { return "latchkey_" + client.instance(); }

// Notifier tells the listeners of all nodes to look into the outbox, on a thread of its own and in
// a transaction of its own: a notification takes a lock of the whole server until its commit is on
// the disk, which no revocation should wait for. What changes while one is under way is told by the
// next. A notification that is lost costs time only: listeners look on their own, too. Rows of the
// outbox that everybody has read go on the way, now and then, so that a store nobody prunes does
// not grow.
class Notifier {
 public:
  explicit Notifier(Client& client) : client_(client), thread_([this] { run(); }) {}
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  void tell();

 private:
  void run();
  void notify();
  void sweep();

  Client& client_;
  Mutex mutex_;
  Condition changed_;
  bool pending_ LATCHKEY_GUARDED_BY(mutex_) = false;
  bool stopping_ LATCHKEY_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace latchkey::postgres
