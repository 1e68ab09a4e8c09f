#include "store/redis/engine.h"

#include "store/redis/wire/errors.h"

namespace latchkey::redis {

Error Engine::lost() const {
  return to_error({.kind = Reply::Kind::error, .text = std::string{kLostMarker}});
}

Result<std::size_t> sum(Engine& engine, const std::vector<Call>& calls) {
  auto replies = engine.client().run(calls, engine.write_timeout());
  if (!replies) return replies.error();
  std::size_t total = 0;
  for (const Reply& reply : *replies) total += static_cast<std::size_t>(reply.integer);
  return total;
}

}  // namespace latchkey::redis
