#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

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
  // there, and a body that was announced ends the connection unread; its method may be one that is
  // not known here.
  virtual bool reads_body(const http::Request&) const noexcept { return true; }
  // route_names and route_of divide answers for metrics: route_of is an index into the names, of
  // which the last stands for everything else. Without names nothing is counted.
  virtual std::span<const std::string_view> route_names() const { return {}; }
  virtual std::size_t route_of(const http::Request&) const noexcept { return 0; }
  virtual http::Response handle(const http::Request& request) = 0;
  // try_handle answers on an event loop, or leaves to a worker what has to wait.
  virtual http::Attempt try_handle(const http::Request& request) { return handle(request); }
};

}  // namespace latchkey::server
