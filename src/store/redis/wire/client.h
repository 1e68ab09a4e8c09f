#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/fork.h"
#include "latchkey/redis.h"
#include "store/redis/records/scripts.h"
#include "store/redis/wire/router.h"

namespace latchkey::redis {

// Call is one command, or one script with its keys, the marker first, and `args` behind them.
struct Call {
  std::uint16_t slot = 0;
  const Script* script = nullptr;  // nullptr: `args` is the whole command
  std::vector<std::string> keys{};
  std::vector<std::string> args{};
  bool tracked = false;     // the engine shall tell when a key that this reads is changed
  bool impatient = false;   // fails with store_busy at once while its slot is moving
  bool repeatable = false;  // may be sent again when the connection is lost before the reply
};

// Client runs calls: it owns the connections and the thread they live on, follows a cluster where
// its slots go, and sends again what was certainly not done. Blocking, thread-safe.
class Client {
 public:
  Client(const RedisOptions& options, std::shared_ptr<TlsTrust> tls, ConnectionEvents& events);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // run sends `calls`, one pipeline for each node, and returns their replies, none of which is an
  // error. An Error may leave some of them done.
  Result<std::vector<Reply>> run(std::span<const Call> calls, Millis timeout);
  // run_each does the same, and what one of them fails with is its own.
  std::vector<Result<Reply>> run_each(std::span<const Call> calls, Millis timeout);

  WatchStatus watch_status() { return router_.status(); }
  // find_slots asks a cluster where its slots are now.
  Result<void> find_slots(Millis timeout);
  // primaries returns a slot of each node that keys lie on.
  std::vector<std::uint16_t> primaries() { return router_.primaries(); }
  // slots_by_primary returns the slots of each node, or slot 0 where there is no cluster.
  std::vector<std::vector<std::uint16_t>> slots_by_primary() { return router_.slots_by_primary(); }

 private:
  using Deadline = Exchange::Deadline;

  // Attempt is what is known about one call on its way.
  struct Attempt {
    const Call* call = nullptr;
    std::optional<RedisAddress> ask{};  // the node its slot is moving to
    bool with_text = false;             // the engine does not know the script yet
    bool apart = false;                 // a failure is its own, and not that of the run
    bool done = false;
    std::optional<Error> failed{};  // only when it is apart
    unsigned lost = 0;
    std::optional<Error> passing{};  // what kept it from being done until now
    Reply reply{};
  };
  // Parcel is what goes to one node in one round.
  struct Parcel {
    ConnectionPtr via;
    std::vector<Attempt*> attempts;
    ExchangePtr exchange;
  };
  // What a round found out about the cluster.
  struct Round {
    bool rest = false;
    std::optional<RedisAddress> refresh_without;
  };

  // run_all returns when all attempts are done.
  Result<void> run_all(std::span<Attempt> attempts, Deadline deadline);
  // end_apart ends attempts with an error of their own; false when they have none.
  static bool end_apart(std::span<Attempt* const> attempts, const Error& error);
  Result<std::vector<Parcel>> pack(std::span<Attempt> attempts, Deadline deadline);
  Result<Round> send_round(std::span<Attempt> attempts, Deadline deadline);
  // deliver gives the replies of one parcel to its attempts.
  Result<void> deliver(Parcel& parcel, std::vector<Reply> replies, Deadline deadline, Round& round);
  // return_to_sender decides about a parcel whose connection failed.
  Result<void> return_to_sender(Parcel& parcel, const Error& error, Deadline deadline,
                                Round& round);
  // settle decides what a reply means: an Error ends the run.
  Result<void> settle(Attempt& attempt, Reply reply, const RedisAddress& from);
  // refresh asks the cluster where its slots are, and `without` only when nobody else answers.
  Result<void> refresh(const RedisAddress* without, Deadline deadline);

  const ForkGuard forked_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  Router router_;
  std::thread thread_;
};

}  // namespace latchkey::redis
