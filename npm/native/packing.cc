#include "packing.h"

namespace latchkey::node {
namespace {

constexpr int kBits = 7;
constexpr int kNumber = 8;
constexpr int kLength = 4;
constexpr std::uint64_t kNone = (1ULL << (kBits * kLength)) - 1;
constexpr std::uint64_t kElsewhere = kNone - 1;

}  // namespace

void Packing::put(std::uint64_t value, int characters) {
  for (int i = 0; i < characters; ++i) {
    text_.push_back(static_cast<char>(value & 0x7f));
    value >>= kBits;
  }
}

Packing& Packing::number(std::int64_t value) {
  put(static_cast<std::uint64_t>(value), kNumber);
  return *this;
}

Packing& Packing::small(unsigned value) {
  put(value, 1);
  return *this;
}

// What is not ASCII may be longer or shorter there, and is decoded apart from all else.
Packing& Packing::word(std::string_view text) {
  if (text.size() < kElsewhere && is_ascii(text)) {
    put(text.size(), kLength);
    text_.append(text);
  } else {
    put(kElsewhere, kLength);
    apart_.emplace_back(text);
  }
  return *this;
}

Packing& Packing::none() {
  put(kNone, kLength);
  return *this;
}

napi_value Packing::make(napi_env env) const {
  const napi_value text = make_text(env, text_);
  if (apart_.empty()) return text;
  std::vector<napi_value> all{text};
  for (const std::string& one : apart_) all.push_back(make_text(env, one));
  return make_list(env, all);
}

}  // namespace latchkey::node
