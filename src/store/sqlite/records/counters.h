#pragma once

#include "latchkey/store.h"
#include "store/sqlite/file/reader.h"
#include "store/sqlite/file/writer.h"

namespace latchkey::sqlite {

// SqliteCounters keeps counters in latchkey_counters. A try that is refused writes nothing.
class SqliteCounters final : public CounterStore {
 public:
  SqliteCounters(ReaderPool& readers, Writer& writer) : readers_(readers), writer_(writer) {}

  Result<CounterOutcome> take(std::span<const CounterTry> tries, UnixTime now) override;
  Result<void> settle(std::span<const std::string> cleared,
                      std::span<const std::string> returned) override;
  Result<std::size_t> prune_counters(UnixTime now, std::size_t limit) override;

 private:
  ReaderPool& readers_;
  Writer& writer_;
};

}  // namespace latchkey::sqlite
