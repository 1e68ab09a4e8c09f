#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "latchkey/store.h"

// A store whose calls fail on demand, for tests of your program: docs/cpp/testing.md.
//
//   auto broken = latchkey::make_faulty_store(store, [](latchkey::StoreCall, std::uint64_t) {
//     return latchkey::Fault::fail_before;
//   });
namespace latchkey {

// StoreCall names one call of the contract, for tests that let it fail.
enum class StoreCall : std::uint8_t {
  insert,
  find,
  touch,
  replace,
  remove,
  remove_user,
  list_user,
  prune,
  user_epoch,
  add_user,
  find_user,
  find_username,
  set_password,
  upgrade_hash,
  set_attributes,
  set_disabled,
  delete_user,
  list_users,
  deny,
  standing,
  prune_denials,
  take,
  settle,
  prune_counters,
  put_secret,
  find_secret,
  take_secret,
  remove_secrets,
  prune_secrets,
  append_events,
  list_events,
  blank_addresses,
  prune_events,
  keys,
  put_keys,
  meta,
  check,
};

// Fault decides what happens to the n-th call (from 1) of a kind: `fail_before` leaves the inner
// store untouched, `fail_after` does the work and then reports an error, as a lost answer does.
enum class Fault : std::uint8_t { none, fail_before, fail_after };
using FaultPlan = std::function<Fault(StoreCall call, std::uint64_t nth)>;

// make_faulty_store wraps `inner`, which must outlive the result. Failures are
// Errc::store_unavailable. Thread-safe when `plan` is.
std::unique_ptr<Store> make_faulty_store(Store& inner, FaultPlan plan);

}  // namespace latchkey
