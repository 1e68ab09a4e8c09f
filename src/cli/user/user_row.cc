#include "cli/user/user_row.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"
#include "cli/json_out.h"
#include "codec/json/text.h"
#include "codec/text/time_text.h"

// ndjson = *(object LF), a blank line is skipped
// csv    = header LF *(row LF), RFC 4180: a field in quotes may hold commas, line feeds and, twice,
//          quotes
namespace latchkey::cli {
namespace {

constexpr std::size_t kLongestRow = 65536;
using Fields = std::array<std::optional<std::string>, kUserColumns>;

std::string_view column_name(std::size_t column) noexcept {
  return own_mapping().places[column].front();
}

// fill_user makes a user of the fields of a row. An empty text is as good as none.
UserRow fill_user(std::size_t line, const Fields& fields) {
  UserRow row{.line = line};
  const auto text = [&](UserColumn column) {
    const auto& field = fields[static_cast<std::size_t>(column)];
    return field ? *field : std::string{};
  };
  row.user.user.username = text(UserColumn::username);
  if (const std::string id = text(UserColumn::id); !id.empty()) {
    const auto parsed = UserId::parse(id);
    if (!parsed) row.fault = "bad_id";
    if (parsed) row.user.user.id = *parsed;
  }
  if (const std::string created = text(UserColumn::created_at); !created.empty()) {
    const auto moment = parse_created_at(created);
    if (!moment) row.fault = "bad_created_at";
    if (moment) row.user.user.created_at = *moment;
  }
  const auto disabled = parse_disabled(text(UserColumn::disabled));
  if (!disabled) row.fault = "bad_disabled";
  row.user.user.disabled = disabled.value_or(false);
  row.user.user.attributes = text(UserColumn::attributes);
  row.user.password_hash = text(UserColumn::password_hash);
  return row;
}

// behind_colon is for places that end in a colon; nothing when there is none in the text.
std::string behind_colon(std::string_view text) {
  const std::size_t colon = text.find(':');
  return colon == std::string_view::npos ? std::string{} : std::string(text.substr(colon + 1));
}

// find_place walks along the names and numbers of a path.
std::optional<codec::JsonValue> find_place(std::string_view object, std::string_view place) {
  auto value = codec::scan_json(object);
  while (value && !place.empty()) {
    const std::string_view name = place.substr(0, place.find('.'));
    place.remove_prefix(std::min(name.size() + 1, place.size()));
    if (name == "0") {
      const auto list = codec::json_elements(*value);
      value = list && !list->empty() ? std::optional{list->front()} : std::nullopt;
    } else {
      const auto members = codec::JsonObject::parse(value->text);
      const codec::JsonValue* found = members ? members->find(name) : nullptr;
      value = found != nullptr ? std::optional{*found} : std::nullopt;
    }
  }
  return value;
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
  NdjsonReader(std::istream& in, const UserMapping& mapping) : in_(in), mapping_(mapping) {}

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
    if (!codec::JsonObject::parse(line) || !is_utf8(line)) {
      return {.line = line_, .fault = "bad_json"};
    }
    Fields fields;
    for (std::size_t i = 0; i < kUserColumns; ++i) {
      if (!read_column(line, mapping_.places[i], fields[i])) {
        return {.line = line_, .fault = "bad_" + std::string{column_name(i)}};
      }
    }
    return fill_user(line_, fields);
  }

  // read_column takes the first place that holds something. False: what stands there is no text.
  template <class Places>
  static bool read_column(std::string_view line, const Places& places,
                          std::optional<std::string>& field) {
    for (std::string_view place : places) {
      if (place.empty()) break;
      const bool tail = place.ends_with(':');
      if (tail) place.remove_suffix(1);
      const auto value = find_place(line, place);
      if (!value) continue;
      field = text_of(*value);
      if (!field) return false;
      if (tail) field = behind_colon(*field);
      if (!field->empty()) break;
    }
    return true;
  }

  std::istream& in_;
  const UserMapping& mapping_;
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
  CsvReader(std::istream& in, const UserMapping& mapping) : in_(in), mapping_(mapping) {}

  // read_header tells whether there is a column of names.
  bool read_header() {
    std::vector<std::string> names;
    if (CsvLine(in_, line_).read(names) != CsvLine::End::row) return false;
    if (names[0].starts_with("\xef\xbb\xbf")) names[0].erase(0, 3);
    count_ = names.size();
    for (std::size_t i = 0; i < kUserColumns; ++i) {
      for (std::string_view place : mapping_.places[i]) {
        const bool tail = place.ends_with(':');
        if (tail) place.remove_suffix(1);
        const auto at = std::find(names.begin(), names.end(), place);
        if (place.empty() || at == names.end()) continue;
        columns_[i].push_back({static_cast<std::size_t>(at - names.begin()), tail});
      }
    }
    return !columns_[static_cast<std::size_t>(UserColumn::username)].empty();
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
      if (values.size() == 1 && values[0].empty() && count_ > 1) continue;  // blank
      if (values.size() != count_) return UserRow{.line = at, .fault = "bad_csv"};
      Fields fields;
      for (std::size_t i = 0; i < kUserColumns; ++i) {
        for (const Column& column : columns_[i]) {
          const std::string& value = values[column.at];
          fields[i] = column.tail ? behind_colon(value) : value;
          if (!fields[i]->empty()) break;
        }
      }
      return fill_user(at, fields);
    }
  }

 private:
  struct Column {
    std::size_t at = 0;
    bool tail = false;
  };

  std::istream& in_;
  const UserMapping& mapping_;
  std::size_t line_ = 0;
  std::size_t count_ = 0;
  std::array<std::vector<Column>, kUserColumns> columns_{};
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
  for (std::size_t i = 0; i < kUserColumns - (with_hash ? 0 : 1); ++i) {
    out.append(i == 0 ? "" : ",").append(column_name(i));
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

Result<std::unique_ptr<RowReader>> make_row_reader(std::istream& in, RowFormat format,
                                                   const UserMapping& mapping) {
  if (format == RowFormat::ndjson) {
    return std::unique_ptr<RowReader>(std::make_unique<NdjsonReader>(in, mapping));
  }
  auto csv = std::make_unique<CsvReader>(in, mapping);
  if (csv->read_header()) return std::unique_ptr<RowReader>(std::move(csv));
  return Error{Errc::bad_config,
               "the first line of a CSV file names its columns, `username` and `password_hash` "
               "among them, or what docs/import.md has for --format"};
}

}  // namespace latchkey::cli
