#include "server/brand.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "http/pages/brand.h"

namespace latchkey::server {

Result<void> use_brand(const Config& config) {
  constexpr std::size_t kMostLogoBytes = 262'144;
  http::Brand brand{.name = config.pages_name, .color = config.pages_color};
  if (!config.pages_logo.empty()) {
    const auto bad = [&](std::string_view why) {
      return Error{Errc::bad_config, "pages.logo " + config.pages_logo + " " + std::string(why)};
    };
    std::ifstream file(config.pages_logo, std::ios::binary);
    if (!file) return bad("cannot be read");
    std::ostringstream read;
    read << file.rdbuf();
    brand.logo = std::move(read).str();
    if (brand.logo.size() > kMostLogoBytes) return bad("is larger than 256 KiB");
    brand.type = http::logo_type(brand.logo);
    if (brand.type.empty()) return bad("is neither SVG nor PNG");
  }
  http::set_brand(std::move(brand));
  return {};
}

}  // namespace latchkey::server
