import unittest

from doxygen_filter import convert


class DoxygenFilter(unittest.TestCase):
    def test_a_comment_above_a_declaration_is_its_documentation(self):
        self.assertEqual(convert("  // f adds.\n  int f();"), "  /// f adds.\n  int f();")

    def test_a_comment_after_a_member_is_its_documentation_with_its_next_lines(self):
        self.assertEqual(convert("  int x = 0;  // one\n              // two\n  int y;"),
                         "  int x = 0;  ///< one\n              ///< two\n  int y;")

    def test_an_address_in_a_text_is_no_comment(self):
        self.assertEqual(convert('  auto x = f("http://localhost");'),
                         '  auto x = f("http://localhost");')

    def test_indented_text_is_an_example_as_it_is(self):
        self.assertEqual(
            convert("// Use:\n//\n//   f(a, <b>);  // c\n//\n//   g();\n//\n// Then.\nint f();"),
            "/// Use:\n///\n/// @code{.cpp}\n/// f(a, <b>);  // c\n///\n/// g();\n/// @endcode\n"
            "///\n/// Then.\nint f();")

    def test_a_list_is_no_example(self):
        self.assertEqual(convert("// - one\n//   and more\nint f();"),
                         "/// - one\n///   and more\nint f();")

    def test_a_comment_before_a_namespace_or_a_blank_line_is_about_the_file(self):
        self.assertEqual(convert("// What for.\nnamespace a {"),
                         "/// @file\n///\n/// What for.\nnamespace a {")
        self.assertIn("@file", convert("// What for.\n\nint f();"))

    def test_what_is_special_to_doxygen_is_escaped_outside_of_code(self):
        self.assertEqual(convert("// a <b> #1 ::f A::g `<c>`\nint f();"),
                         "/// a \\<b\\> \\#1 \\::f A::g `<c>`\nint f();")


if __name__ == "__main__":
    unittest.main()
