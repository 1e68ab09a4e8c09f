#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "latchkey/open_store.h"
#include "store/store_url.h"

// The engines a program was linked with. open_store names none of them, so that a program brings
// along only the client libraries it uses.
namespace latchkey::store {

// Engine opens the stores of one scheme.
struct Engine {
  std::string_view scheme{};
  Result<std::unique_ptr<Store>> (*open)(const StoreUrl& url, const OpenStoreOptions& options);
};

// EngineEntry stands in a table of linked engines as long as the program runs: an engine defines
// one at namespace scope, beside a symbol latchkey_engine_NAME that its CMake target asks for, as a
// linker takes nothing out of an archive that nobody names.
class EngineEntry {
 public:
  // is_refusal tells of the detail of an error whether the store was reached and refuses.
  using IsRefusal = bool (*)(std::string_view detail) noexcept;
  explicit EngineEntry(std::span<const Engine> engines, IsRefusal is_refusal = nullptr) noexcept;

  // find_engine returns the engine of `scheme`, or nullptr when it is not linked.
  static const Engine* find_engine(std::string_view scheme) noexcept;
  static bool is_any_refusal(std::string_view detail) noexcept;

 private:
  const std::span<const Engine> engines_;
  const IsRefusal is_refusal_;
  const EngineEntry* const next_;
};

}  // namespace latchkey::store
