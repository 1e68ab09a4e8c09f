#pragma once

#include "latchkey/store.h"
#include "store/sqlite/file/reader.h"
#include "store/sqlite/file/writer.h"

namespace latchkey::sqlite {

// SqliteEvents keeps events in latchkey_events.
class SqliteEvents final : public EventStore {
 public:
  SqliteEvents(ReaderPool& readers, Writer& writer) : readers_(readers), writer_(writer) {}

  Result<void> append_events(std::span<const Event> events) override;
  Result<EventPage> list_events(const EventQuery& query) override;
  Result<std::size_t> blank_addresses(UnixTime before, std::size_t limit) override;
  Result<std::size_t> prune_events(UnixTime before, std::size_t limit) override;

 private:
  Result<std::size_t> change_old(Sql sql, UnixTime before, std::size_t limit);

  ReaderPool& readers_;
  Writer& writer_;
};

}  // namespace latchkey::sqlite
