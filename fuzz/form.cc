// Any text survives being encoded into a form and read back; no text can leave the HTML it is put
// in.

#include "http/pages/form.h"

#include "base/text.h"
#include "fuzz/fuzz.h"
#include "http/pages/html.h"

using latchkey::fuzz::require;
using latchkey::http::Form;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = latchkey::fuzz::as_text(data, size);
  if (const auto form = Form::parse(text)) {
    require(form->get("username").size() <= text.size());
  }
  const auto again = Form::parse("x=" + latchkey::percent_encode(text));
  require(again && again->get("x") == text);
  latchkey::http::Html html;
  html.text(text);
  require(html.str().find_first_of("<>\"'`\r\n") == std::string::npos);
  return 0;
}
