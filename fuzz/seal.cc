// No text opens that was not sealed. JSON that is sealed opens as it was, and no more once a bit is
// flipped. An authentic seal of anything else than JSON is refused.

#include "latchkey/codec/seal.h"

#include <string>

#include "codec/json/text.h"
#include "codec/seal/fe26.h"
#include "codec/seal/iron_session.h"
#include "codec/text/decode.h"
#include "fuzz/fuzz.h"

namespace latchkey::fuzz {
namespace {

constexpr std::int64_t kNow = 1'763'683'200'000;

codec::Fe26Ring make_ring() {
  codec::Fe26Ring ring;
  ring.passwords.emplace_back(
      SealPassword{"1", SealSecret::text("a password of at least thirty-two characters")});
  return ring;
}

void check_sealed(std::string_view content, std::size_t position, const codec::Fe26Ring& ring) {
  const codec::Fe26Options options;
  const auto seal =
      codec::fe26_seal(content, ring.passwords.front(), options, kNow, system_entropy());
  require(seal.has_value());
  const codec::Fe26Result result = codec::fe26_unseal(*seal, ring, options, kNow);
  std::string storage;
  const std::string_view read = codec::decode_utf8_lossy(content, storage);
  require(result.opened.has_value() == codec::scan_json(read).has_value());
  if (result.opened) {
    require(result.opened->json == read);
  } else {
    require(result.reason == SealReason::bad_json);
  }
  std::string bad = *seal;
  bad[position % bad.size()] = static_cast<char>(bad[position % bad.size()] ^ (1 << position % 8));
  require(!codec::fe26_unseal(bad, ring, options, kNow).opened);
}

}  // namespace
}  // namespace latchkey::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latchkey;
  static const codec::Fe26Ring ring = fuzz::make_ring();
  const std::string_view text = fuzz::as_text(data, size);
  fuzz::require(!codec::fe26_unseal(text, ring, {}, fuzz::kNow).opened);
  const codec::IronCookie cookie = codec::split_iron_cookie(text);
  fuzz::require(text.starts_with(cookie.seal) && cookie.seal.find('~') == std::string_view::npos);
  const std::size_t position =
      size < 2 ? 0 : static_cast<std::size_t>(data[0]) << 8 | data[size / 2];
  fuzz::check_sealed(text, position, ring);
  return 0;
}
