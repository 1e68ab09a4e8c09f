#pragma once

// The conformance suite of the store contract (latchkey/store.h), for authors of stores. Include it
// in exactly one source file of a GoogleTest program and instantiate it as often as you like:
//
//   INSTANTIATE_TEST_SUITE_P(Mine, StoreSuite, ::testing::Values(StoreFactory{"Mine", make_mine}),
//                            store_factory_name);
//
// inside namespace latchkey::testing. Every test makes its own StoreUnderTest with no data. Reads
// that must see what another handle did are made with FindOptions::fresh. The races and the large
// table are short by default; LATCHKEY_FULL=1 runs them at length (10,000 trials, 10^5 rows).

#include "latchkey/testing/store_fixture.h"
#include "latchkey/testing/suite_bulk.h"
#include "latchkey/testing/suite_changes.h"
#include "latchkey/testing/suite_counters.h"
#include "latchkey/testing/suite_events.h"
#include "latchkey/testing/suite_keys.h"
#include "latchkey/testing/suite_one_time.h"
#include "latchkey/testing/suite_races.h"
#include "latchkey/testing/suite_records.h"
#include "latchkey/testing/suite_scan.h"
#include "latchkey/testing/suite_users.h"
