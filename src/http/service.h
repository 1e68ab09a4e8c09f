#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"
#include "latchkey/accounts.h"
#include "latchkey/sessions.h"
#include "latchkey/store.h"

namespace latchkey::http {

// Lane tells where a request may be answered: reads answer on the event loop, whatever waits for a
// commit on a worker, whatever hashes a password on a few workers of its own.
enum class Lane : std::uint8_t { inline_read, blocking, hashing };

class Migration;
class Readiness;

struct ServiceOptions {
  std::string public_url{};  // already checked; decides origin, cookie name and Secure
  std::vector<std::string> trusted_proxies{};  // addresses whose X-Forwarded-For is believed (R126)
  Millis staleness{0};  // an ended session is accepted for at most this long, by any node
  std::shared_ptr<Migration> migration{};  // from other systems; nothing: none
  // What /readyz answers from, if somebody probes; it must outlive the service. nullptr: each
  // request to /readyz asks the store and waits for it.
  Readiness* readiness = nullptr;
};

// Service answers requests: JSON API, pages, health. It knows no sockets. Thread-safe. Options that
// nobody checked fail closed: a public_url that is none refuses every unsafe request, a list with
// an entry that is no address trusts no proxy.
class Service {
 public:
  Service(Store& store, Sessions& sessions, Accounts& accounts, ServiceOptions options);
  ~Service();

  Lane lane(const Request& request) const noexcept;
  // handle never throws. Anything a client sends gets an answer below 500; 503 is for a store that
  // fails and for a full queue.
  Response handle(const Request& request);
  // drain makes /readyz answer 503 from now on.
  void drain() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey::http
