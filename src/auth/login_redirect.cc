#include "auth/login_redirect.h"

#include "latchkey/safe_redirect.h"

namespace latchkey::auth {
namespace {

// encode escapes what would end a query parameter; a safe path has nothing else to escape.
std::string encode(std::string_view path) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '/' || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

}  // namespace

std::string login_redirect(const RequestFacts& facts, bool page, const Problem& problem,
                           const LoginPaths& paths) {
  if (problem.status != 401 || !(page || facts.navigation())) return {};
  std::string to{paths.login};
  char separator = to.find('?') == std::string::npos ? '?' : '&';
  if (problem.code != "no_session") {
    to.append(1, separator).append("reason=").append(problem.code);
    separator = '&';
  }
  // What a form was sent to is no page to come back to.
  const bool reads = facts.method == "GET" || facts.method == "HEAD";
  const std::string next = reads ? guard::safe_redirect(facts.target, "") : std::string{};
  if (!next.empty() && next != paths.home) {
    to.append(1, separator).append("next=").append(encode(next));
  }
  return to;
}

}  // namespace latchkey::auth
