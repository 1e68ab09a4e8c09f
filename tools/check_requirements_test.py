import unittest

from check_requirements import NUMBERS, check, settings_of

FILES = [("src/a_test.cc", "TEST(Suite, R1Holds) {}\nTEST_F(Other,\n       AlsoHolds) {}\n"),
         ("npm/test/a.test.mjs", "test('it holds, too', () => {});\n")]


def page(**rows):
    """All rows, those of `rows` (R7="where | proof") with another text."""
    lines = []
    for number in NUMBERS:
        rest = rows.get(f"R{number}", "`src/a.cc` | `Suite.R1Holds`")
        if rest:
            lines.append(f"| R{number} | words | {rest} |")
    return "\n".join(lines) + "\n"


class CheckRequirements(unittest.TestCase):
    def problems(self, text, files=(), settings=("session.idle",)):
        return check(text, [*FILES, *files], set(settings))

    def test_a_whole_page_passes(self):
        self.assertEqual(self.problems(page()), [])
        self.assertEqual(self.problems(page(R2="none | `npm/test/a.test.mjs: it holds, too`",
                                            R3="`session.idle` | in part: `Other.AlsoHolds`",
                                            R4="none | open: issue trust",
                                            R5="none | not ours: there is none")), [])

    def test_a_number_is_there_once(self):
        self.assertEqual(self.problems(page(R9="")), ["docs/requirements.md: R9 is there 0 times"])
        twice = page() + "| R9 | words | none | `Suite.R1Holds` |\n"
        self.assertEqual(self.problems(twice), ["docs/requirements.md: R9 is there 2 times"])
        more = page() + "| R183 | words | none | `Suite.R1Holds` |\n"
        self.assertIn("R183 is no requirement", self.problems(more)[0])

    def test_a_proof_exists(self):
        for proof, told in (("`Suite.Gone`", "no test Suite.Gone"),
                            ("`npm/test/a.test.mjs: gone`", 'has no test "gone"'),
                            ("`npm/test/b.test.mjs: it holds, too`", "b.test.mjs has no test"),
                            ("open: issue somewhere", "is no issue"),
                            ("words only", "no test, no setting, and no reason"),
                            ("not ours", "no test, no setting, and no reason")):
            found = self.problems(page(R7=f"none | {proof}"))
            self.assertEqual(len(found), 1, proof)
            self.assertIn(told, found[0])
        self.assertIn("no setting session.gone",
                      self.problems(page(R7="`session.gone` | `Suite.R1Holds`"))[0])

    def test_a_cited_number_is_on_the_page(self):
        for text in ("// as R183 says", "TEST(Suite, R1R200Holds) {}", "(R999)"):
            self.assertEqual(len(self.problems(page(), [("src/b.h", text)])), 1, text)
        for text in ("R58-R66", "GBR999", "R1.5", "XR183x", "R1234"):
            self.assertEqual(self.problems(page(), [("src/b.h", text)]), [], text)

    def test_a_public_header_says_where_a_number_is(self):
        header = "include/latchkey/a.h"
        self.assertEqual(len(self.problems(page(), [(header, "// as R5 wants")])), 1)
        self.assertEqual(self.problems(page(), [(header, "// R5 of docs/requirements.md")]), [])
        self.assertEqual(self.problems(page(), [(header, "// nothing")]), [])

    def test_settings_are_those_of_the_configuration(self):
        self.assertEqual(settings_of("| `a.b_c` | `1` | x | y |\nsee `d.e`\n"), {"a.b_c"})


if __name__ == "__main__":
    unittest.main()
