#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/time.h"

namespace latchkey::postgres {

// The built-in types a statement is given, by their numbers in pg_type.
enum class Type : unsigned {
  unknown = 0,
  boolean = 16,
  bytea = 17,
  int8 = 20,
  text = 25,
  bytea_array = 1001,
  text_array = 1009,
  int8_array = 1016,
};

// Params are the parameters of one statement, in PostgreSQL's binary form but for those without a
// type. It copies what it is given.
class Params {
 public:
  Params& add(std::string_view text) { return put(Type::text, text); }
  Params& add(std::int64_t number);
  Params& add(bool value) { return put(Type::boolean, {value ? "\1" : "\0", 1}); }
  Params& add(UnixTime time) { return add(to_unix_millis(time)); }
  Params& add(std::span<const std::uint8_t> bytes) { return put(Type::bytea, view(bytes)); }
  Params& add_null(Type type);
  // add_untyped adds a value as text, of the type that the server finds it must have.
  Params& add_untyped(std::string_view text);
  Params& add_untyped(const std::optional<std::string>& text);  // nothing: NULL
  // An empty text or byte string becomes NULL.
  Params& add_or_null(std::string_view text);
  Params& add_or_null(std::span<const std::uint8_t> bytes);

  // add_texts adds one array of what `text_of` makes of each element of `range`.
  template <class Range, class TextOf>
  Params& add_texts(const Range& range, TextOf text_of) {
    begin_array(Type::text_array, Type::text, range.size());
    for (const auto& element : range) add_element(text_of(element));
    return end_array();
  }
  template <class Range, class BytesOf>
  Params& add_blobs(const Range& range, BytesOf bytes_of) {
    begin_array(Type::bytea_array, Type::bytea, range.size());
    for (const auto& element : range) add_element(view(bytes_of(element)));
    return end_array();
  }
  template <class Range, class NumberOf>
  Params& add_numbers(const Range& range, NumberOf number_of) {
    begin_array(Type::int8_array, Type::int8, range.size());
    for (const auto& element : range) add_number_element(number_of(element));
    return end_array();
  }

  int count() const noexcept { return static_cast<int>(types_.size()); }
  const unsigned* types() const noexcept { return types_.data(); }
  const int* lengths() const noexcept { return lengths_.data(); }
  // values and formats are valid until the next change.
  std::vector<const char*> values() const;
  std::vector<int> formats() const;

 private:
  static std::string_view view(std::span<const std::uint8_t> bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  Params& put(Type type, std::string_view octets);
  void begin(Type type);
  void end();
  void begin_array(Type array, Type element, std::size_t count);
  void add_element(std::string_view octets);
  void add_number_element(std::int64_t number);
  Params& end_array() {
    end();
    return *this;
  }

  std::string octets_;  // of all parameters, one behind the other
  std::vector<unsigned> types_;
  std::vector<std::int64_t> offsets_;  // into octets_; -1: NULL
  std::vector<int> lengths_;
};

}  // namespace latchkey::postgres
