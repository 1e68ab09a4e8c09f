#pragma once

#include <cstdint>
#include <string>

#include "http/message.h"
#include "http/service.h"

namespace latchkey::server {

// SiteOptions are what every answer depends on, whatever was asked.
struct SiteOptions {
  http::Hsts hsts = http::Hsts::none;
  std::string form_targets{};  // of http::WriteOptions
  std::string base{};          // the base path, as "/auth"; Handler does not see it
};

// Handler answers requests. http::Service is the real one; tests bring their own. Thread-safe.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual http::Lane lane(const http::Request& request) const noexcept = 0;
  // reads_body: the answer depends on the body of `request`. Otherwise it goes out once the head is
  // there, and a body that was announced ends the connection unread.
  virtual bool reads_body(const http::Request&) const noexcept { return true; }
  virtual http::Response handle(const http::Request& request) = 0;
  // try_handle answers on an event loop, or leaves to a worker what has to wait.
  virtual http::Attempt try_handle(const http::Request& request) { return handle(request); }
};

}  // namespace latchkey::server
