import unittest

from check_includes import check


def one(path, *lines):
    return check([(path, "\n".join(lines))])


class CheckIncludes(unittest.TestCase):
    def test_an_arrow_upwards_is_caught(self):
        self.assertTrue(one("src/codec/cookie/cookie.cc", '#include "session/lookup.h"'))

    def test_an_arrow_downwards_is_fine(self):
        self.assertEqual(one("src/session/lookup/lookup.cc", '#include "codec/json.h"'), [])

    def test_a_store_may_not_see_what_decides(self):
        self.assertTrue(one("src/store/sqlite/read.cc", '#include "latchkey/policy.h"'))

    def test_account_and_guard_do_not_see_each_other(self):
        self.assertTrue(one("src/guard/path.cc", '#include "latchkey/accounts.h"'))

    def test_a_decision_never_sees_a_concrete_store(self):
        self.assertTrue(one("src/session/sessions.cc", '#include "latchkey/memory.h"'))

    def test_a_unit_test_may_use_any_public_header(self):
        self.assertEqual(one("src/session/sessions_test.cc", '#include "latchkey/memory.h"'), [])

    def test_a_public_header_includes_nothing_that_is_not_installed(self):
        self.assertTrue(one("include/latchkey/ids.h", '#include "base/utf8.h"'))
        self.assertTrue(one("include/latchkey/ids.h", "#include <openssl/sha.h>"))

    def test_a_public_header_without_a_layer_is_caught(self):
        self.assertTrue(one("src/http/pages.cc", '#include "latchkey/brand_new.h"'))

    def test_the_installed_suites_may_use_googletest_and_other_public_headers_not(self):
        self.assertEqual(one("include/latchkey/testing/a.h", "#include <gtest/gtest.h>"), [])
        self.assertEqual(one("include/latchkey/testing/a.h", '#include "latchkey/store.h"'), [])
        self.assertTrue(one("include/latchkey/testing/a.h", '#include "latchkey/memory.h"'))
        self.assertTrue(one("include/latchkey/store.h", "#include <gtest/gtest.h>"))

    def test_openssl_lives_in_crypto_only(self):
        self.assertTrue(one("src/codec/jose/jwt.cc", "#include <openssl/evp.h>"))
        self.assertEqual(one("src/crypto/digest.cc", "#include <openssl/evp.h>"), [])

    def test_sqlite_lives_in_the_sqlite_store_only(self):
        self.assertTrue(one("src/store/memory.cc", "#include <sqlite3.h>"))
        self.assertEqual(one("src/store/sqlite/file/file.cc", "#include <sqlite3.h>"), [])

    def test_headers_of_one_system_live_in_base_platform_only(self):
        for header in ("linux/futex.h", "sys/eventfd.h", "sys/epoll.h", "sys/prctl.h", "malloc.h",
                       "sys/random.h"):
            self.assertTrue(one("src/store/sqlite/event.cc", f"#include <{header}>"), header)
            self.assertEqual(one("src/base/platform/linux.cc", f"#include <{header}>"), [])
        self.assertEqual(one("src/store/sqlite/event.cc", "#include <poll.h>"), [])

    def test_calls_of_one_system_live_in_base_platform_only(self):
        for call in ("::fallocate(file, 0, 0, 1);", "s = SOCK_STREAM | SOCK_CLOEXEC;",
                     "::sigtimedwait(&set, nullptr, &time);", 'open("/proc/self/fd");',
                     "a.st_mtim.tv_sec"):
            self.assertTrue(check([("src/server/loop.cc", call)]), call)
            self.assertEqual(check([("src/base/platform/linux.cc", call)]), [])
        for fine in ("platform::reserve_space(file, 0, 1);", "// what sigtimedwait() does",
                     "posix_fallocate(file, 0, 1);", "a.st_mtime"):
            self.assertEqual(check([("src/server/loop.cc", fine)]), [], fine)

    def test_beast_is_compiled_once(self):
        beast = "#include <boost/beast/http.hpp>"
        self.assertEqual(check([("src/server/a.cc", beast)]), [])
        self.assertTrue(check([("src/server/a.cc", beast), ("src/server/b.cc", beast)]))

    def test_an_indented_include_is_seen(self):
        self.assertTrue(one("src/http/pages.cc", "  #  include <openssl/evp.h>"))


if __name__ == "__main__":
    unittest.main()
