#include "cli/user/user_row.h"

#include <array>

#include "base/utf8.h"
#include "cli/json_out.h"
#include "cli/moment.h"
#include "codec/json/text.h"
#include "codec/text/time_text.h"

// ndjson = *(object LF), a blank line is skipped
// csv    = header LF *(row LF), RFC 4180: a field in quotes may hold commas, line feeds and, twice,
//          quotes
namespace latchkey::cli {
namespace {

constexpr std::array<std::string_view, 6> kColumns{"id",       "username",   "created_at",
                                                   "disabled", "attributes", "password_hash"};
constexpr std::size_t kHashColumn = 5;
constexpr std::size_t kLongestRow = 65536;
using Fields = std::array<std::optional<std::string>, kColumns.size()>;

std::size_t column_of(std::string_view name) noexcept {
  std::size_t i = 0;
  while (i < kColumns.size() && kColumns[i] != name) ++i;
  return i;
}

// fill_user makes a user of the fields of a row. An empty text is as good as none.
UserRow fill_user(std::size_t line, const Fields& fields) {
  UserRow row{.line = line};
  const auto text = [&](std::size_t column) {
    return fields[column] ? *fields[column] : std::string{};
  };
  row.user.user.username = text(1);
  if (const std::string id = text(0); !id.empty()) {
    const auto parsed = UserId::parse(id);
    if (!parsed) row.fault = "bad_id";
    if (parsed) row.user.user.id = *parsed;
  }
  if (const std::string created = text(2); !created.empty()) {
    const auto moment = parse_moment(created);
    if (!moment) row.fault = "bad_created_at";
    if (moment) row.user.user.created_at = *moment;
  }
  const std::string disabled = text(3);
  row.user.user.disabled = disabled == "true" || disabled == "1";
  if (!disabled.empty() && !row.user.user.disabled && disabled != "false" && disabled != "0") {
    row.fault = "bad_disabled";
  }
  row.user.user.attributes = text(4);
  row.user.password_hash = text(kHashColumn);
  return row;
}

// text_of writes a member as the field of a CSV file would; nothing for what cannot be one.
std::optional<std::string> text_of(const codec::JsonValue& value) {
  switch (value.kind) {
    case codec::JsonKind::null:
      return std::string{};
    case codec::JsonKind::string:
      return codec::json_string(value);
    case codec::JsonKind::array:
      return std::nullopt;
    default:
      return std::string{value.text};
  }
}

class NdjsonReader final : public RowReader {
 public:
  explicit NdjsonReader(std::istream& in) : in_(in) {}

  std::optional<UserRow> next() override {
    std::string line;
    while (std::getline(in_, line)) {
      ++line_;
      if (line.find_first_not_of(" \t\r") != std::string::npos) return read(line);
    }
    return std::nullopt;
  }

 private:
  UserRow read(const std::string& line) const {
    if (line.size() > kLongestRow) return {.line = line_, .fault = "row_too_long"};
    const auto object = codec::JsonObject::parse(line);
    if (!object || !is_utf8(line)) return {.line = line_, .fault = "bad_json"};
    Fields fields;
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      const codec::JsonValue* value = object->find(kColumns[i]);
      if (value == nullptr) continue;
      fields[i] = text_of(*value);
      if (!fields[i]) return {.line = line_, .fault = "bad_" + std::string{kColumns[i]}};
    }
    return fill_user(line_, fields);
  }

  std::istream& in_;
  std::size_t line_ = 0;
};

// CsvLine reads the fields of one row.
class CsvLine {
 public:
  enum class End : std::uint8_t { row, file, fault };

  CsvLine(std::istream& in, std::size_t& line) : in_(in), line_(line) {}

  End read(std::vector<std::string>& fields) {
    fields.assign(1, {});
    bool any = false;
    for (int c = in_.get(); c != std::char_traits<char>::eof(); c = in_.get()) {
      any = true;
      if (c == '\n') {
        ++line_;
        return fault_ ? End::fault : End::row;
      }
      take(static_cast<char>(c), fields);
    }
    if (fault_) return End::fault;
    return any ? End::row : End::file;
  }

 private:
  void take(char c, std::vector<std::string>& fields) {
    size_ += 1;
    if (size_ > kLongestRow) fault_ = true;
    if (fault_) return;
    std::string& field = fields.back();
    if (c == ',') {
      fields.emplace_back();
      quoted_ = false;
    } else if (c == '"' && field.empty() && !quoted_) {
      fault_ = !read_quoted(field);
      quoted_ = true;
    } else if (c != '\r') {
      fault_ = quoted_;  // text behind the closing quote
      field += c;
    }
  }

  // read_quoted reads up to the closing quote. False: there is none.
  bool read_quoted(std::string& field) {
    for (int c = in_.get(); c != std::char_traits<char>::eof(); c = in_.get()) {
      if (c == '\n') ++line_;
      if (c == '"') {
        if (in_.peek() != '"') return true;
        in_.get();
      }
      field += static_cast<char>(c);
      if (++size_ > kLongestRow) return false;
    }
    return false;
  }

  std::istream& in_;
  std::size_t& line_;
  std::size_t size_ = 0;
  bool quoted_ = false;
  bool fault_ = false;
};

class CsvReader final : public RowReader {
 public:
  explicit CsvReader(std::istream& in) : in_(in) {}

  // read_header tells whether there is a column of names.
  bool read_header() {
    std::vector<std::string> names;
    if (CsvLine(in_, line_).read(names) != CsvLine::End::row) return false;
    if (names[0].starts_with("\xef\xbb\xbf")) names[0].erase(0, 3);
    bool named = false;
    for (const std::string& name : names) {
      columns_.push_back(column_of(name));
      named = named || name == "username";
    }
    return named;
  }

  std::optional<UserRow> next() override {
    for (;;) {
      const std::size_t at = line_ + 1;
      std::vector<std::string> values;
      switch (CsvLine(in_, line_).read(values)) {
        case CsvLine::End::file:
          return std::nullopt;
        case CsvLine::End::fault:
          return UserRow{.line = at, .fault = "bad_csv"};
        case CsvLine::End::row:
          break;
      }
      if (values.size() == 1 && values[0].empty() && columns_.size() > 1) continue;  // blank
      if (values.size() != columns_.size()) return UserRow{.line = at, .fault = "bad_csv"};
      Fields fields;
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (columns_[i] < kColumns.size()) fields[columns_[i]] = std::move(values[i]);
      }
      return fill_user(at, fields);
    }
  }

 private:
  std::istream& in_;
  std::size_t line_ = 0;
  std::vector<std::size_t> columns_;
};

void append_csv(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  out += '"';
}

}  // namespace

std::string csv_header(bool with_hash) {
  std::string out;
  for (std::size_t i = 0; i < kColumns.size() - (with_hash ? 0 : 1); ++i) {
    out.append(i == 0 ? "" : ",").append(kColumns[i]);
  }
  return out + '\n';
}

std::string write_row(const StoredUser& stored, RowFormat format, bool with_hash) {
  const User& user = stored.user;
  std::string attributes;
  codec::append_compact(attributes, codec::scan_json(user.attributes) ? user.attributes : "{}");
  if (format == RowFormat::ndjson) {
    JsonOut out;
    out.text("id", user.id.text())
        .text("username", user.username)
        .time("created_at", user.created_at)
        .flag("disabled", user.disabled)
        .raw("attributes", attributes);
    if (with_hash) out.text("password_hash", stored.password_hash);
    return out.done() + '\n';
  }
  std::string out;
  append_csv(out, user.id.text());
  append_csv(out += ',', user.username);
  out.append(",").append(codec::rfc3339(user.created_at));
  out.append(user.disabled ? ",true," : ",false,");
  append_csv(out, attributes);
  if (with_hash) append_csv(out += ',', stored.password_hash);
  return out + '\n';
}

Result<std::unique_ptr<RowReader>> make_row_reader(std::istream& in, RowFormat format) {
  if (format == RowFormat::ndjson) {
    return std::unique_ptr<RowReader>(std::make_unique<NdjsonReader>(in));
  }
  auto csv = std::make_unique<CsvReader>(in);
  if (csv->read_header()) return std::unique_ptr<RowReader>(std::move(csv));
  return Error{Errc::bad_config,
               "the first line of a CSV file names its columns, `username` and `password_hash` "
               "among them"};
}

}  // namespace latchkey::cli
