#pragma once

#include <utility>

#include "base/fork.h"
#include "latchkey/store.h"

namespace latchkey {

// ForkedStore is a Store of the parts of one engine, which a forked child leaves to its parent.
// Parts names them sessions, users (with the epochs), denials, counters, one_time,
// events, keys, meta and scan.
template <class Parts>
class ForkedStore final : public Store {
 public:
  explicit ForkedStore(ForkOwned<Parts> parts) : parts_(std::move(parts)) {}

  SessionStore& sessions() override { return parts_->sessions; }
  EpochStore& epochs() override { return parts_->users; }
  UserStore& users() override { return parts_->users; }
  DenyStore& denials() override { return parts_->denials; }
  CounterStore& counters() override { return parts_->counters; }
  OneTimeStore& one_time() override { return parts_->one_time; }
  EventStore& events() override { return parts_->events; }
  KeyStore& keys() override { return parts_->keys; }
  MetaStore& meta() override { return parts_->meta; }
  ScanStore* scan() override { return &parts_->scan; }

 private:
  const ForkOwned<Parts> parts_;
};

}  // namespace latchkey
