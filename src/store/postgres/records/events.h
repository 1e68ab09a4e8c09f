#pragma once

#include "latchkey/store.h"
#include "store/postgres/wire/client.h"

namespace latchkey::postgres {

// PostgresEvents keeps events in latchkey_events.
class PostgresEvents final : public EventStore {
 public:
  explicit PostgresEvents(Client& client) : client_(client) {}

  Result<void> append_events(std::span<const Event> events) override;
  Result<EventPage> list_events(const EventQuery& query) override;
  Result<std::size_t> blank_addresses(UnixTime before, std::size_t limit) override;
  Result<std::size_t> prune_events(UnixTime before, std::size_t limit) override;

 private:
  Client& client_;
};

}  // namespace latchkey::postgres
