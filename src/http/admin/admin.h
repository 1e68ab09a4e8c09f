#pragma once

#include <memory>
#include <string_view>

#include "http/message.h"
#include "latchkey/auth.h"

namespace latchkey::http {

// AdminService answers operators and back ends over HTTP: which sessions there are, whose a token
// is, and how to end them; the same as `latchkey user` and `latchkey session` do. It asks nobody
// who they are. A client that reaches it may do everything, so it is for a unix socket with strict
// rights. docs/admin_api.md
//
// Every request waits for the store: call it from a worker. Thread-safe.
class AdminService {
 public:
  // `auth` must outlive it.
  explicit AdminService(Auth& auth);
  ~AdminService();

  // handle never throws.
  Response handle(const Request& request);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

inline constexpr std::size_t kMostIntrospected = 100;
inline constexpr std::size_t kMostRevoked = 500;

}  // namespace latchkey::http
