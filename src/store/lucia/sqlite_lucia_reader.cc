#include <cmath>
#include <utility>

#include "codec/json/json.h"
#include "store/lucia/reader.h"
#include "store/lucia/sqlite_lucia.h"

namespace latchkey::sqlite {
namespace {

// A value that JSON has no word for, such as a blob, is left out.
std::optional<codec::Json> json_of(const LuciaView& view) {
  if (const auto* number = std::get_if<std::int64_t>(&view)) return codec::Json{*number};
  if (const auto* text = std::get_if<std::string_view>(&view)) {
    return codec::Json{std::string{*text}};
  }
  if (const auto* real = std::get_if<double>(&view); real != nullptr && std::isfinite(*real)) {
    return codec::Json{*real};
  }
  if (std::holds_alternative<std::monostate>(view)) return codec::Json{nullptr};
  return std::nullopt;
}

std::optional<UserId> user_of(const LuciaView& view) {
  if (const auto* number = std::get_if<std::int64_t>(&view)) return UserId(*number);
  const auto* text = std::get_if<std::string_view>(&view);
  return text != nullptr ? UserId::parse(*text) : std::nullopt;
}

UnixTime time_of(const LuciaView& view) noexcept {
  const auto* seconds = std::get_if<std::int64_t>(&view);
  if (seconds == nullptr || *seconds < 0) return UnixTime{};
  if (*seconds >= to_unix_millis(kNever) / 1000) return kNever;
  return from_unix_millis(*seconds * 1000);
}

// read_row returns nothing for a session whose user is gone: the join then found none.
std::optional<LuciaSession> read_row(const LuciaShape& shape, std::span<const LuciaView> row) {
  LuciaSession session;
  codec::Json::Object attributes;
  for (std::size_t i = 0; i < shape.session_columns; ++i) {
    const std::string& name = shape.names[i];
    if (name == "user_id") {
      if (auto user = user_of(row[i])) session.user_id = std::move(*user);
    } else if (name == "expires_at") {
      session.expires_at = time_of(row[i]);
    } else if (name != "id") {
      if (auto value = json_of(row[i])) attributes.push_back({name, std::move(*value)});
    }
  }
  bool known = false;
  for (std::size_t i = shape.session_columns; i < row.size(); ++i) {
    known = known || (shape.names[i] == "id" && !std::holds_alternative<std::monostate>(row[i]));
  }
  if (!known || session.user_id.empty()) return std::nullopt;
  session.attributes = codec::write_json(codec::Json{std::move(attributes)});
  return session;
}

class SqliteLuciaReader final : public LuciaReader {
 public:
  explicit SqliteLuciaReader(std::unique_ptr<LuciaTables> tables) : tables_(std::move(tables)) {}

  Result<std::optional<LuciaSession>> find(std::string_view token) override {
    std::optional<LuciaSession> session;
    const auto read =
        tables_->find(token, [&](const LuciaShape& shape, std::span<const LuciaView> row) {
          session = read_row(shape, row);
        });
    if (!read) return read.error();
    return session;
  }

  Result<bool> remove(std::string_view token) override { return tables_->remove(token); }

 private:
  const std::unique_ptr<LuciaTables> tables_;
};

}  // namespace

Result<std::unique_ptr<LuciaReader>> open_lucia_reader(const LuciaReaderOptions& options) {
  auto tables = LuciaTables::open({.path = options.database,
                                   .session_table = options.session_table,
                                   .user_table = options.user_table,
                                   .hashed_ids = options.hashed_ids});
  if (!tables) return tables.error();
  // Looked for now, a table that is missing is a mistake of the configuration.
  const auto tried = (*tables)->find("", [](const LuciaShape&, std::span<const LuciaView>) {});
  if (!tried) return tried.error();
  return std::unique_ptr<LuciaReader>(std::make_unique<SqliteLuciaReader>(*std::move(tables)));
}

}  // namespace latchkey::sqlite
