#pragma once

#include <string>

#include "latchkey/store.h"
#include "store/sqlite/file/reader.h"
#include "store/sqlite/file/writer.h"

namespace latchkey::sqlite {

// SqliteKeys keeps denials in latchkey_denied and the key ring in latchkey_keys, its version in
// latchkey_meta.
class SqliteKeys final : public DenyStore, public KeyStore {
 public:
  SqliteKeys(ReaderPool& readers, Writer& writer, std::string instance)
      : readers_(readers), writer_(writer), instance_(std::move(instance)) {}

  Result<std::size_t> deny(std::span<const Denial> denials) override;
  Result<Standing> standing(std::string_view key, const UserId& user, Wait wait) override;
  Result<std::size_t> prune_denials(UnixTime now, std::size_t limit) override;
  Result<StoredKeys> keys() override;
  Result<bool> put_keys(std::span<const Key> keys, std::int64_t expected_version) override;

 private:
  ReaderPool& readers_;
  Writer& writer_;
  const std::string instance_;
};

}  // namespace latchkey::sqlite
