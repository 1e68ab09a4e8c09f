// A proof that is taken brings a key, and is none of that key once it is bound. A binding that can
// be read is written again octet for octet.

#include "auth/device_binding/proof.h"

#include "fuzz/fuzz.h"

using latchkey::auth::BindingState;
using latchkey::auth::check_proof;
using latchkey::auth::ProofFault;
using latchkey::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = latchkey::fuzz::as_text(data, size);
  if (const auto brought = check_proof(latchkey::auth::unquoted(text), nullptr); brought.proof) {
    const auto bound = check_proof(latchkey::auth::unquoted(text), &brought.proof->key);
    require(!bound.proof && bound.fault == ProofFault::unwanted_key);
    const BindingState state{.key = brought.proof->key};
    const auto read = BindingState::read(state.write());
    require(read && read->key == brought.proof->key);
  }
  if (auto state = BindingState::read(text)) {
    require(state->write() == text);
    const bool used = state->use(~std::uint64_t{0});
    require(!used || !state->use(~std::uint64_t{0}));
    (void)check_proof(text, &state->key);
  }
  return 0;
}
