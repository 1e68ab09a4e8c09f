#include "server/keys/pepper_file.h"

#include "server/files/secret_file.h"

namespace latchkey::server {

Result<std::shared_ptr<const Peppers>> read_peppers(const Config& config) {
  using Made = std::shared_ptr<const Peppers>;
  if (config.pepper_file.empty()) return Made{};
  const auto failed = [](const Error& error) {
    return Error{error.code, "password.pepper_file: " + error.detail};
  };
  const auto file = read_secret_file(config.pepper_file, "pepper file");
  if (!file) return failed(file.error());
  auto made = Peppers::parse(file->insecure_view());
  return made ? made : Result<Made>(failed(made.error()));
}

}  // namespace latchkey::server
