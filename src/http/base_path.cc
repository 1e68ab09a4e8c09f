#include "http/base_path.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "guard/plain_path.h"
#include "http/routes.h"

namespace latchkey::http {

bool is_base_path(std::string_view path) noexcept {
  if (path.size() < 2 || path.ends_with('/') || !guard::has_plain_segments(path)) return false;
  if (!std::all_of(path.begin(), path.end(), is_query_plain)) return false;
  const std::string_view first = path.substr(0, path.find('/', 1));
  const auto routes = all_routes();
  return std::none_of(routes.begin(), routes.end(), [&](const Route& route) {
    return route.path.substr(0, route.path.find('/', 1)) == first;
  });
}

std::string_view without_base(std::string_view path, std::string_view base) noexcept {
  if (base.empty() || !path.starts_with(base)) return path;
  if (path.size() == base.size()) return "/";
  return path[base.size()] == '/' ? path.substr(base.size()) : path;
}

void add_base(Response& response, std::string_view base) {
  for (auto& [name, value] : response.headers) {
    if (name == "Location" && value.starts_with('/')) value.insert(0, base);
  }
  if (!response.content_type.starts_with("text/html")) return;
  static constexpr std::array<std::string_view, 3> kAddresses{" href=\"/", " action=\"/",
                                                              " src=\"/"};
  for (const std::string_view address : kAddresses) {
    const std::string below = std::string(address.substr(0, address.size() - 1)).append(base) + "/";
    for (std::size_t at = response.body.find(address); at != std::string::npos;
         at = response.body.find(address, at + below.size())) {
      response.body.replace(at, address.size(), below);
    }
  }
}

}  // namespace latchkey::http
