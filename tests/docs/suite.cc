#include <latchkey/memory.h>
#include <latchkey/store/forwarding_store.h>
#include <latchkey/testing/store_suite.h>
//% each
//% here
