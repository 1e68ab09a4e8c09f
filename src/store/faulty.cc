#include "latchkey/faulty.h"

#include <array>
#include <atomic>
#include <utility>

#include "store/each_call.h"

namespace latchkey {
namespace {

// Faults counts calls and asks the plan about each.
class Faults {
 public:
  explicit Faults(FaultPlan plan) : plan_(std::move(plan)) {}

  template <class Call>
  auto run(StoreCall call, Call inner) -> decltype(inner()) {
    const std::uint64_t nth = ++counts_[static_cast<std::size_t>(call)];
    const Fault fault = plan_ ? plan_(call, nth) : Fault::none;
    if (fault == Fault::fail_before) return failure();
    auto result = inner();
    if (fault == Fault::fail_after) return failure();
    return result;
  }

 private:
  static Error failure() { return Error{Errc::store_unavailable, "a planned fault"}; }

  const FaultPlan plan_;
  std::array<std::atomic<std::uint64_t>, store::kStoreCalls> counts_{};
};

class FaultyStore final : private Faults, public store::EachCallStore<Faults> {
 public:
  FaultyStore(Store& inner, FaultPlan plan)
      : Faults(std::move(plan)), EachCallStore(inner, static_cast<Faults&>(*this)) {}
};

}  // namespace

std::unique_ptr<Store> make_faulty_store(Store& inner, FaultPlan plan) {
  return std::make_unique<FaultyStore>(inner, std::move(plan));
}

}  // namespace latchkey
