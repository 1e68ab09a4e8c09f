// A configuration that is accepted prints as one that means the same; text that is refused is
// refused with a word about why.

#include "fuzz/fuzz.h"
#include "server/settings/load_config.h"

using latchkey::fuzz::require;
namespace server = latchkey::server;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  server::SourcedValues values;
  const auto read = server::read_config_text(latchkey::fuzz::as_text(data, size), "f", values);
  if (!read) {
    require(!read.error().detail.empty());
    return 0;
  }
  const auto config = server::load_config(values);
  if (!config) {
    require(!config.error().detail.empty());
    return 0;
  }
  // A password in a URL is not printed, so that it cannot come back.
  const std::string printed = server::print_config(*config);
  server::SourcedValues again;
  require(server::read_config_text(printed, "printed", again).has_value());
  const auto same = server::load_config(again);
  require(same && server::print_config(*same) == printed);
  return 0;
}
