// The conformance suite, compiled once for all test programs of this project that instantiate it;
// elsewhere it is included by the one file that does (latchkey/testing/store_suite.h).
#include "latchkey/testing/store_suite.h"
