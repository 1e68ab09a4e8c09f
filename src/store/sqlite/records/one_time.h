#pragma once

#include "latchkey/store.h"
#include "store/sqlite/file/reader.h"
#include "store/sqlite/file/writer.h"

namespace latchkey::sqlite {

// SqliteOneTime keeps secrets in latchkey_one_time_secrets. A secret that is unknown costs reads
// only, so that guesses write nothing.
class SqliteOneTime final : public OneTimeStore {
 public:
  SqliteOneTime(ReaderPool& readers, Writer& writer) : readers_(readers), writer_(writer) {}

  Result<void> put_secret(const OneTimeSecret& secret, std::size_t most) override;
  Result<std::optional<OneTimeSecret>> find_secret(const SecretHash& hash, std::string_view purpose,
                                                   UnixTime now) override;
  Result<std::optional<OneTimeSecret>> take_secret(const SecretHash& hash, std::string_view purpose,
                                                   UnixTime now) override;
  Result<std::size_t> remove_secrets(const UserId& user_id, std::string_view purpose) override;
  Result<std::size_t> prune_secrets(UnixTime now, std::size_t limit) override;

 private:
  ReaderPool& readers_;
  Writer& writer_;
};

}  // namespace latchkey::sqlite
