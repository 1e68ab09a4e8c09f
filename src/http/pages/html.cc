#include "http/pages/html.h"

#include "base/utf8.h"

namespace latchkey::http {

Html& Html::text(std::string_view foreign) {
  for (const char c : clean_line(foreign, foreign.size())) {
    switch (c) {
      case '&':
        out_.append("&amp;");
        break;
      case '<':
        out_.append("&lt;");
        break;
      case '>':
        out_.append("&gt;");
        break;
      case '"':
        out_.append("&quot;");
        break;
      case '\'':
        out_.append("&#39;");
        break;
      case '`':
        out_.append("&#96;");
        break;
      default:
        out_ += c;
    }
  }
  return *this;
}

}  // namespace latchkey::http
