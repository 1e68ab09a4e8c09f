#include "store/engine.h"

namespace latchkey::store {
namespace {

constinit const EngineEntry* first_entry = nullptr;  // set before any constructor of this kind runs

}  // namespace

EngineEntry::EngineEntry(std::span<const Engine> engines, IsRefusal is_refusal) noexcept
    : engines_(engines), is_refusal_(is_refusal), next_(first_entry) {
  first_entry = this;
}

const Engine* EngineEntry::find_engine(std::string_view scheme) noexcept {
  for (const EngineEntry* entry = first_entry; entry != nullptr; entry = entry->next_) {
    for (const Engine& engine : entry->engines_) {
      if (engine.scheme == scheme) return &engine;
    }
  }
  return nullptr;
}

bool EngineEntry::is_any_refusal(std::string_view detail) noexcept {
  for (const EngineEntry* entry = first_entry; entry != nullptr; entry = entry->next_) {
    if (entry->is_refusal_ != nullptr && entry->is_refusal_(detail)) return true;
  }
  return false;
}

}  // namespace latchkey::store
