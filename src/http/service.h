#pragma once

#include <cstdint>
#include <memory>
#include <variant>

#include "http/entry_counts.h"
#include "http/message.h"
#include "http/verify/verify_options.h"
#include "latchkey/auth.h"
#include "latchkey/recovery.h"

namespace latchkey::http {

// Lane tells where a request may be answered: reads answer on the event loop, whatever waits for a
// commit on a worker, whatever hashes a password on a few workers of its own.
enum class Lane : std::uint8_t { inline_read, blocking, hashing };

class Readiness;

struct ServiceOptions {
  Millis staleness{0};  // an ended session is accepted for at most this long, by any node
  // What /readyz answers from, if somebody probes; it must outlive the service. nullptr: each
  // request to /readyz asks the store and waits for it.
  Readiness* readiness = nullptr;
  VerifySettings verify{};
  // The path below the public URL's origin, as "/auth". The server takes it off what it is asked
  // for and adds it to what it answers; here it is for addresses that are handed to others.
  std::string base{};
  Recovery* recovery = nullptr;  // nullptr: there is no mail, and no forgotten password
  // How old a log-in may be for what cannot be undone, such as deleting the account.
  Millis recent = std::chrono::minutes{5};
};

// Later is a request whose answer has to wait for the store. It belongs to the request.
class Later {
 public:
  virtual ~Later() = default;
  // finish answers it, on a thread that may wait. Once.
  virtual Response finish() = 0;
};
// Attempt is an answer, or who has to be waited for.
using Attempt = std::variant<Response, std::unique_ptr<Later>>;

// Service answers requests: JSON API, pages, health. Who asks and which cookies go back is decided
// by Auth. It knows no sockets. Thread-safe.
class Service {
 public:
  // `auth` must outlive it.
  Service(Auth& auth, const ServiceOptions& options);
  ~Service();

  Lane lane(const Request& request) const noexcept;
  // handle never throws. Anything a client sends gets an answer below 500; 503 is for a store that
  // fails and for a full queue.
  Response handle(const Request& request);
  // try_handle answers a request of the lane inline_read without waiting, if that can be done.
  Attempt try_handle(const Request& request);
  // set_verify changes what proxies are told, from the next request on.
  void set_verify(VerifySettings settings);
  // log_ins and sign_ups tell how they ended, since the start.
  // active_sessions: how many were seen in the last 5 to 10 minutes, about.
  std::uint64_t active_sessions() const noexcept;
  EntryTotals log_ins() const noexcept;
  EntryTotals sign_ups() const noexcept;
  // drain makes /readyz answer 503 from now on.
  void drain() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey::http
