// A token that parses is the text it was parsed from; so is an id.

#include "latchkey/token.h"

#include "fuzz/fuzz.h"

using latchkey::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = latchkey::fuzz::as_text(data, size);
  if (const auto token = latchkey::SessionToken::parse(text)) {
    require(token->reveal() == text);
    const auto again = latchkey::SessionToken::assemble(token->id(), token->insecure_secret());
    require(again && again->reveal() == text);
  }
  if (const auto id = latchkey::SessionId::parse(text)) require(id->text() == text);
  if (const auto user = latchkey::UserId::parse(text)) require(user->text() == text);
  return 0;
}
