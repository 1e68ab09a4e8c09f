#include "server/settings/base_path.h"

#include "http/base_path.h"

namespace latchkey::server {

std::pair<std::string, std::string> split_base(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t slash = scheme == std::string_view::npos ? scheme : url.find('/', scheme + 3);
  if (slash == std::string_view::npos) return {std::string(url), {}};
  std::string_view base = url.substr(slash);
  if (base.ends_with('/')) base.remove_suffix(1);
  if (!http::is_base_path(base)) return {std::string(url), {}};
  return {std::string(url.substr(0, slash)), std::string(base)};
}

}  // namespace latchkey::server
