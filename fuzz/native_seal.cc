// No text opens that was not sealed; what was sealed opens, and no more once a bit is flipped. A
// packed session has one form.

#include "latchkey/codec/native_seal.h"

#include <string>

#include "codec/seal/sealed_session.h"
#include "fuzz/fuzz.h"

namespace {

latchkey::NativeSealer make_sealer() {
  std::vector<latchkey::NativeSealKey> keys;
  keys.push_back({"a", latchkey::SecretBytes{std::string(32, 's')}});
  return *latchkey::NativeSealer::make(std::move(keys), {.max_bytes = 1 << 20});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using latchkey::fuzz::require;
  static const latchkey::NativeSealer sealer = make_sealer();
  const std::string_view text = latchkey::fuzz::as_text(data, size);
  require(!sealer.unseal(text));
  const std::string seal = *sealer.seal(text);
  const latchkey::NativeUnsealed opened = sealer.unseal(seal);
  require(opened && opened.content() == text);
  const std::size_t position =
      size < 2 ? 0 : static_cast<std::size_t>(data[0]) << 8 | data[size / 2];
  std::string bad = seal;
  bad[position % bad.size()] = static_cast<char>(bad[position % bad.size()] ^ (1 << position % 8));
  require(!sealer.unseal(bad));
  if (const auto session = latchkey::codec::unpack_sealed_session(text)) {
    require(latchkey::codec::pack_sealed_session(*session) == text);
  }
  return 0;
}
