// A packed record or user has one form: what unpacks packs to the same octets.

#include "codec/record/record.h"

#include <algorithm>
#include <vector>

#include "fuzz/fuzz.h"

using latchkey::fuzz::require;
namespace codec = latchkey::codec;

namespace {

bool same(codec::Packed before, codec::Packed after, const std::vector<std::uint8_t>& packed) {
  const codec::Packed used = before.first(before.size() - after.size());
  return std::equal(used.begin(), used.end(), packed.begin(), packed.end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const codec::Packed input{data, size};
  std::vector<std::uint8_t> packed;
  codec::Packed rest = input;
  latchkey::SessionRecord record;
  if (codec::unpack_record(rest, record)) {
    codec::pack_record(record, packed);
    require(same(input, rest, packed));
    require(codec::unpack_times(packed).has_value());
  }
  packed.clear();
  rest = input;
  latchkey::User user;
  if (codec::unpack_user(rest, user)) {
    codec::pack_user(user, packed);
    require(same(input, rest, packed));
  }
  return 0;
}
