import unittest

from check_exports import map_text, public_names, wrong_symbols

HEADER = """#pragma once
#include <string>
#define MACRO(x) \\
  x
// A comment; with a call(here);
namespace latchkey {
struct Plain { int number = 0; std::string text{}; };
enum class Kind : int { a, b };
std::string name_of(Kind kind, const Plain& plain = {});
inline int twice(int x) { return 2 * x; }
constexpr int kOne = 1;
template <class T> T made(T t);
class Door {
 public:
  static int open(Plain plain = {});
  int inside() const { return 1; }
};
class Shape { public: virtual ~Shape() = default; virtual int area() = 0; };
namespace inner {
bool wipe(void* data);
}
}  // namespace latchkey
"""
FILES = [("include/latchkey/a.h", HEADER)]


class CheckExports(unittest.TestCase):
    def setUp(self):
        self.functions, self.classes = public_names(FILES)

    def test_functions_and_classes_that_are_compiled_somewhere_are_found(self):
        self.assertEqual(self.functions, {"latchkey::name_of", "latchkey::inner::wipe"})
        self.assertEqual(self.classes, {"latchkey::Door": False, "latchkey::Shape": True})

    def test_headers_that_are_compiled_into_their_user_are_left_out(self):
        self.assertEqual(public_names([("include/latchkey/testing/a.h", HEADER)]), (set(), {}))

    def test_the_map_names_each_of_them(self):
        text = map_text(self.functions, self.classes)
        self.assertIn("latchkey::name_of[!_a-z0-9]*;", text)
        self.assertIn("latchkey::Door::*;", text)
        self.assertIn("vtable?for?latchkey::Shape;", text)
        self.assertNotIn("Plain", text)

    def wrong(self, *more):
        fine = ("latchkey::name_of[abi:cxx11](latchkey::Kind)", "latchkey::inner::wipe(void*)",
                "latchkey::Door::open(latchkey::Plain)", "vtable for latchkey::Shape",
                "latchkey_engine_sqlite")
        return wrong_symbols([*fine, *more], self.functions, self.classes)

    def test_what_no_public_header_declares_is_told(self):
        self.assertEqual(self.wrong(), [])
        for symbol in ("latchkey::sqlite::Writer::run()", "latchkey::Doorway::open()",
                       "boost::json::parse()", "sqlite3_open", "latchkey::wipe(void*)"):
            self.assertEqual(self.wrong(symbol),
                             [f"exported, and in no public header: {symbol}"])

    def test_a_function_that_is_not_exported_is_told(self):
        missing = wrong_symbols(["latchkey::inner::wipe(void*)"], self.functions, self.classes)
        self.assertEqual(missing, ["in a public header, and not exported: latchkey::name_of"])


if __name__ == "__main__":
    unittest.main()
