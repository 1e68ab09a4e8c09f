#pragma once

#include "latchkey/store.h"

namespace latchkey::testing {

// StoreHandle shows a store to a second owner, as a second process would see it.
class StoreHandle final : public Store {
 public:
  explicit StoreHandle(Store& store) : store_(store) {}
  SessionStore& sessions() override { return store_.sessions(); }
  EpochStore& epochs() override { return store_.epochs(); }
  UserStore& users() override { return store_.users(); }
  DenyStore& denials() override { return store_.denials(); }
  KeyStore& keys() override { return store_.keys(); }
  MetaStore& meta() override { return store_.meta(); }

 private:
  Store& store_;
};

}  // namespace latchkey::testing
