#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "http/message.h"
#include "latchkey/accounts.h"
#include "latchkey/client_address.h"
#include "latchkey/public_url.h"
#include "latchkey/sessions.h"
#include "latchkey/store.h"

namespace latchkey::http {

class Migration;

// App is what every route works on.
struct App {
  Store& store;
  Sessions& sessions;
  Accounts& accounts;
  const Clock& clock;
  std::optional<PublicUrl> url;  // nothing: every unsafe request is refused
  guard::TrustedProxies proxies;
  Millis staleness{0};                     // no node accepts an ended session for longer than this
  std::shared_ptr<Migration> migration{};  // nothing: no session of another system is taken over
  std::atomic<bool> draining{false};

  bool https() const noexcept { return url && url->https(); }
};

using Handler = Response (*)(App& app, const Request& request);

}  // namespace latchkey::http
