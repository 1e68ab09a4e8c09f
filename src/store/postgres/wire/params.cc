#include "store/postgres/wire/params.h"

namespace latchkey::postgres {
namespace {

// PostgreSQL sends numbers most significant octet first.
template <class Number>
void append_number(std::string& out, Number number) {
  for (int shift = static_cast<int>(sizeof number) * 8 - 8; shift >= 0; shift -= 8) {
    out += static_cast<char>(static_cast<std::uint64_t>(number) >> shift);
  }
}

}  // namespace

Params& Params::add(std::int64_t number) {
  begin(Type::int8);
  append_number(octets_, number);
  end();
  return *this;
}

Params& Params::add_null(Type type) {
  begin(type);
  offsets_.back() = -1;
  return *this;
}

Params& Params::add_untyped(std::string_view text) {
  put(Type::unknown, text);
  octets_.push_back('\0');  // the text form has an end instead of a length
  return *this;
}

Params& Params::add_untyped(const std::optional<std::string>& text) {
  return text ? add_untyped(std::string_view(*text)) : add_null(Type::unknown);
}

Params& Params::add_or_null(std::string_view text) {
  return text.empty() ? add_null(Type::text) : add(text);
}

Params& Params::add_or_null(std::span<const std::uint8_t> bytes) {
  return bytes.empty() ? add_null(Type::bytea) : add(bytes);
}

std::vector<const char*> Params::values() const {
  std::vector<const char*> values;
  values.reserve(offsets_.size());
  for (const std::int64_t offset : offsets_) {
    values.push_back(offset < 0 ? nullptr : octets_.data() + offset);
  }
  return values;
}

std::vector<int> Params::formats() const {
  std::vector<int> formats;
  formats.reserve(types_.size());
  for (const unsigned type : types_) formats.push_back(type == 0 ? 0 : 1);
  return formats;
}

Params& Params::put(Type type, std::string_view octets) {
  begin(type);
  octets_.append(octets);
  end();
  return *this;
}

void Params::begin(Type type) {
  types_.push_back(static_cast<unsigned>(type));
  offsets_.push_back(static_cast<std::int64_t>(octets_.size()));
  lengths_.push_back(0);
}

void Params::end() {
  lengths_.back() = static_cast<int>(static_cast<std::int64_t>(octets_.size()) - offsets_.back());
}

// array = dimensions(1) has-nulls(0) element-type size lower-bound(1) *(length octets)
void Params::begin_array(Type array, Type element, std::size_t count) {
  begin(array);
  append_number(octets_, std::int32_t{1});
  append_number(octets_, std::int32_t{0});
  append_number(octets_, static_cast<std::int32_t>(element));
  append_number(octets_, static_cast<std::int32_t>(count));
  append_number(octets_, std::int32_t{1});
}

void Params::add_element(std::string_view octets) {
  append_number(octets_, static_cast<std::int32_t>(octets.size()));
  octets_.append(octets);
}

void Params::add_number_element(std::int64_t number) {
  append_number(octets_, static_cast<std::int32_t>(sizeof number));
  append_number(octets_, number);
}

}  // namespace latchkey::postgres
