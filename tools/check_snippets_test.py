import unittest

from check_snippets import compile_unit, programs, units

PRELUDES = {
    "main": "int given();\n//% each\nint SNIPPET() {\n//% here\nreturn 0;\n}\n",
    "scope": "int given();\n//% each\nnamespace SNIPPET {\n//% here\n}\n",
    "alone": "int other();\n//% each\nint SNIPPET() {\n//% here\nreturn 0;\n}\n",
}


def page(code, before=""):
    return f"# A page\n\nText.\n{before}```cpp\n{code}\n```\nMore text.\n"


def problems(text):
    return [compile_unit(unit, ["g++"], []) for unit in units({"docs/cpp/a.md": text}, PRELUDES)]


class CheckSnippets(unittest.TestCase):
    def test_a_block_that_compiles_is_fine(self):
        self.assertEqual(problems(page("if (given() > 0) return 1;")), [""])

    def test_a_broken_block_is_named_by_page_and_line(self):
        found = problems(page("int x = 3;\nreturn gone();"))
        self.assertIn("docs/cpp/a.md:6:", found[0])
        self.assertIn("gone", found[0])

    def test_a_body_of_a_generic_lambda_is_compiled_when_it_is_called(self):
        found = problems(page("return [](auto x) { return x.gone(); }(given());"))
        self.assertIn("a.md:5", found[0])

    def test_a_warning_is_an_error(self):
        self.assertIn("conversion", problems(page("short x = given();"))[0])

    def test_a_comment_names_the_prelude(self):
        at_scope = page("struct Mine { int x; };\nMine make() { return {given()}; }",
                        "<!-- prelude: scope -->\n")
        self.assertEqual(problems(at_scope), [""])
        self.assertTrue(problems(at_scope.replace("prelude: scope", "prelude: main"))[0])
        with self.assertRaises(KeyError):
            problems(at_scope.replace("prelude: scope", "prelude: gone"))

    def test_fragments_whose_preludes_begin_alike_are_compiled_together(self):
        text = page("given();") + page("int f();", "<!-- prelude: scope -->\n") + page(
            "other();", "<!-- prelude: alone -->\n")
        self.assertEqual(len(units({"a.md": text}, PRELUDES)), 2)

    def test_a_program_is_written_with_its_build_file_and_is_no_fragment(self):
        text = page("int main() { return 0; }") + "```cmake\nproject(a)\n```\n"
        self.assertEqual(programs({"docs/cpp/a.md": text, "docs/cpp/b.md": page("given();")}), {
            "a/main.cc": "int main() { return 0; }\n", "a/CMakeLists.txt": "project(a)\n"})
        self.assertEqual(units({"docs/cpp/a.md": text}, PRELUDES), [])

    def test_blocks_of_other_languages_are_left_alone(self):
        self.assertEqual(units({"a.md": "```sh\nmake it so\n```\n"}, PRELUDES), [])


if __name__ == "__main__":
    unittest.main()
