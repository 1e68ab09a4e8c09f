#include "http/verify/original.h"

#include <algorithm>

#include "base/text.h"
#include "guard/host.h"
#include "guard/site.h"

namespace latchkey::http {
namespace {

constexpr std::size_t kMaxMethod = 32;

bool is_method(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kMaxMethod &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'A' && c <= 'Z') || c == '-' || c == '_'; });
}

bool is_port(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 5 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_authority(std::string_view text) {
  const std::string_view host = guard::host_of(text);
  const std::string_view rest = text.substr(std::min(host.size(), text.size()));
  return guard::is_host(ascii_lower(host)) && (rest.empty() || is_port(rest.substr(1)));
}

bool is_scheme(std::string_view text) noexcept {
  return equal_ignoring_case(text, "http") || equal_ignoring_case(text, "https") ||
         equal_ignoring_case(text, "ws") || equal_ignoring_case(text, "wss");
}

// Reader takes the parts one after another; one that is wrong spoils all.
class Reader {
 public:
  explicit Reader(const Request& request) : request_(request) {}

  // read takes the header `name`, if it came: once.
  void read(std::string_view name, void (Reader::*part)(std::string_view)) {
    const auto value = request_.header(name);
    if (!value) return;
    if (request_.header_count(name) > 1) out.malformed = true;
    (this->*part)(*value);
  }
  void method(std::string_view text) {
    out.method = text;
    if (!is_method(text)) out.malformed = true;
  }
  void scheme(std::string_view text) {
    if (!is_scheme(text)) out.malformed = true;
  }
  void authority(std::string_view text) {
    out.authority = text;
    if (!is_authority(text)) out.malformed = true;
  }
  void target(std::string_view text) {
    const std::size_t mark = std::min(text.find('?'), text.size());
    out.path = text.substr(0, mark);
    out.query = text.substr(std::min(mark + 1, text.size()));
    if (!text.starts_with('/')) out.malformed = true;
  }
  // url takes scheme://authority/path?query apart.
  void url(std::string_view text) {
    const std::size_t colon = text.find("://");
    const std::size_t slash = colon == std::string_view::npos ? colon : text.find('/', colon + 3);
    if (slash == std::string_view::npos) {
      out.malformed = true;
      return;
    }
    scheme(text.substr(0, colon));
    authority(text.substr(colon + 3, slash - colon - 3));
    target(text.substr(slash));
  }

  Original out{};

 private:
  const Request& request_;
};

}  // namespace

Original read_original(Dialect dialect, const Request& request, bool trusted) {
  Reader reader(request);
  reader.out.method = request.method;
  if (!trusted || dialect == Dialect::own) return reader.out;
  if (dialect == Dialect::nginx) {
    reader.read("x-original-method", &Reader::method);
    reader.read("x-original-url", &Reader::url);
  } else if (dialect == Dialect::forward) {
    reader.read("x-forwarded-method", &Reader::method);
    reader.read("x-forwarded-proto", &Reader::scheme);
    reader.read("x-forwarded-host", &Reader::authority);
    reader.read("x-forwarded-uri", &Reader::target);
  } else {
    reader.read("x-forwarded-proto", &Reader::scheme);
    reader.read("host", &Reader::authority);
    const std::string_view rest = request.path.substr(kEnvoyPrefix.size());
    reader.target(rest.empty() ? std::string_view{"/"} : rest);
    reader.out.query = request.query;
  }
  return reader.out;
}

}  // namespace latchkey::http
