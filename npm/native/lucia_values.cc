#include "lucia_values.h"

#include <cmath>

namespace latchkey::node {
namespace {

constexpr double kMaxSafeInteger = 9007199254740991.0;

std::optional<sqlite::LuciaValue> read_number(napi_env env, napi_value value) {
  double number = 0;
  napi_get_value_double(env, value, &number);
  if (!std::isfinite(number)) return std::nullopt;  // SQLite would keep NULL for it
  if (std::trunc(number) == number && std::abs(number) <= kMaxSafeInteger) {
    return sqlite::LuciaValue{static_cast<std::int64_t>(number)};
  }
  return sqlite::LuciaValue{number};
}

std::optional<sqlite::LuciaValue> read_bigint(napi_env env, napi_value value) {
  std::int64_t number = 0;
  bool lossless = false;
  napi_get_value_bigint_int64(env, value, &number, &lossless);
  if (!lossless) return std::nullopt;
  return sqlite::LuciaValue{number};
}

std::optional<sqlite::LuciaValue> read_bytes(napi_env env, napi_value value) {
  bool is_typed = false;
  napi_is_typedarray(env, value, &is_typed);
  if (!is_typed) return std::nullopt;
  napi_typedarray_type type{};
  std::size_t size = 0;
  void* data = nullptr;
  napi_get_typedarray_info(env, value, &type, &size, &data, nullptr, nullptr);
  if (type != napi_uint8_array) return std::nullopt;
  const auto* bytes = static_cast<const std::uint8_t*>(data);
  return sqlite::LuciaValue{std::vector<std::uint8_t>(bytes, bytes + size)};
}

bool same_text(const sqlite::LuciaView& a, const sqlite::LuciaView& b) {
  const auto* first = std::get_if<std::string_view>(&a);
  const auto* second = std::get_if<std::string_view>(&b);
  return first != nullptr && second != nullptr && *first == *second;
}

// is_users_id tells whether column `i` is the user's id and says what the session says already.
bool is_users_id(const sqlite::LuciaShape& shape, std::span<const sqlite::LuciaView> row,
                 std::size_t i) {
  return i == shape.user_id && same_text(row[i], row[shape.session_user_id]);
}

enum class Cell { null, number, text, users_id };

// pack_column appends to `texts` and returns what the column is, or nothing when it does not fit.
std::optional<std::pair<Cell, double>> pack_column(const sqlite::LuciaView& view,
                                                   std::string& texts) {
  if (const auto* number = std::get_if<std::int64_t>(&view)) {
    return std::pair{Cell::number, static_cast<double>(*number)};
  }
  if (const auto* real = std::get_if<double>(&view)) return std::pair{Cell::number, *real};
  if (const auto* text = std::get_if<std::string_view>(&view)) {
    if (!is_ascii(*text)) return std::nullopt;
    texts.append(*text);
    return std::pair{Cell::text, static_cast<double>(texts.size())};
  }
  if (std::holds_alternative<std::monostate>(view)) return std::pair{Cell::null, 0.0};
  return std::nullopt;
}

}  // namespace

napi_value make_column(napi_env env, const sqlite::LuciaView& view) {
  if (const auto* number = std::get_if<std::int64_t>(&view)) {
    napi_value value = nullptr;
    napi_create_int64(env, *number, &value);
    return value;
  }
  if (const auto* real = std::get_if<double>(&view)) return make_number(env, *real);
  if (const auto* text = std::get_if<std::string_view>(&view)) return make_text(env, *text);
  if (const auto* bytes = std::get_if<std::span<const std::uint8_t>>(&view)) {
    napi_value value = nullptr;
    napi_create_buffer_copy(env, bytes->size(), bytes->data(), nullptr, &value);
    return value;
  }
  return make_null(env);
}

napi_value make_row(napi_env env, const sqlite::LuciaShape& shape,
                    std::span<const sqlite::LuciaView> row) {
  std::vector<napi_value> values{make_number(env, shape.generation)};
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i == shape.session_id) continue;
    values.push_back(is_users_id(shape, row, i) ? make_flag(env, true) : make_column(env, row[i]));
  }
  return make_list(env, values);
}

napi_value pack_row(napi_env env, const sqlite::LuciaShape& shape,
                    std::span<const sqlite::LuciaView> row, std::span<double> cells) {
  if (cells.size() < 2 + 2 * row.size()) return nullptr;
  std::string texts;
  std::size_t columns = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i == shape.session_id) continue;
    const bool known = is_users_id(shape, row, i);
    const auto packed =
        known ? std::optional(std::pair{Cell::users_id, 0.0}) : pack_column(row[i], texts);
    if (!packed) return nullptr;
    cells[2 + 2 * columns] = static_cast<double>(packed->first);
    cells[3 + 2 * columns] = packed->second;
    ++columns;
  }
  cells[0] = shape.generation;
  cells[1] = static_cast<double>(columns);
  napi_value text = nullptr;
  napi_create_string_latin1(env, texts.data(), texts.size(), &text);
  return text;
}

std::optional<sqlite::LuciaValue> read_column(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  napi_typeof(env, value, &type);
  switch (type) {
    case napi_null:
      return sqlite::LuciaValue{};
    case napi_number:
      return read_number(env, value);
    case napi_string:
      return sqlite::LuciaValue{Text(env, value).text()};
    case napi_bigint:
      return read_bigint(env, value);
    case napi_object:
      return read_bytes(env, value);
    default:
      return std::nullopt;
  }
}

std::optional<sqlite::LuciaColumns> read_columns(napi_env env, napi_value names,
                                                 napi_value values) {
  sqlite::LuciaColumns columns;
  std::uint32_t i = 0;
  for (std::string& name : read_texts(env, names)) {
    napi_value value = nullptr;
    napi_get_element(env, values, i++, &value);
    std::optional<sqlite::LuciaValue> read = read_column(env, value);
    if (!read) return std::nullopt;
    columns.emplace_back(std::move(name), *std::move(read));
  }
  return columns;
}

}  // namespace latchkey::node
