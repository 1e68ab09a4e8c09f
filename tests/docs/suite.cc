#include <latchkey/forwarding_store.h>
#include <latchkey/memory.h>
#include <latchkey/testing/store_suite.h>
//% each
//% here
