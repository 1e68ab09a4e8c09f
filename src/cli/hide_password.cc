#include "cli/hide_password.h"

#include <algorithm>
#include <string_view>

namespace latchkey::cli {

void hide_password(char* argument) noexcept {
  const std::string_view text(argument);
  const auto hide = [&](std::size_t from, std::size_t to) {
    std::fill(argument + from, argument + std::min(to, text.size()), '*');
  };
  // A password that was not percent-encoded may hold any of "/?#", and the last @ ends it.
  const std::size_t at = text.rfind('@');
  for (std::size_t slashes = text.find("://"); slashes != std::string_view::npos;
       slashes = text.find("://", slashes + 3)) {
    const std::size_t colon = text.find(':', slashes + 3);
    if (at == std::string_view::npos || colon >= at) break;
    hide(colon + 1, at);
  }
  constexpr std::string_view kName = "password=";
  for (std::size_t found = text.find(kName); found != std::string_view::npos;
       found = text.find(kName, found)) {
    found += kName.size();
    hide(found, text.find('&', found));
  }
}

}  // namespace latchkey::cli
