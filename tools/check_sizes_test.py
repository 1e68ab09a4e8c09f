import unittest

from check_sizes import check


def lines(count):
    return "x\n" * count


class CheckSizes(unittest.TestCase):
    def test_a_source_stops_at_500_lines(self):
        self.assertEqual(check([("src/a.cc", lines(500))])[0], [])
        self.assertTrue(check([("src/a.cc", lines(501))])[0])

    def test_a_test_stops_at_800_lines(self):
        self.assertEqual(check([("src/a_test.cc", lines(800))])[0], [])
        self.assertTrue(check([("src/a_test.cc", lines(801))])[0])

    def test_a_public_header_stops_at_200_lines(self):
        self.assertTrue(check([("include/latchkey/a.h", lines(201))])[0])
        self.assertEqual(check([("include/latchkey/testing/a.h", lines(800))])[0], [])

    def test_over_300_lines_is_a_question_for_review(self):
        problems, review = check([("src/a.cc", lines(301))])
        self.assertEqual(problems, [])
        self.assertEqual(len(review), 1)

    def test_long_lines_are_caught(self):
        self.assertEqual(check([("src/a.cc", "x" * 100 + "\n")])[0], [])
        self.assertTrue(check([("src/a.cc", "x" * 101 + "\n")])[0])


if __name__ == "__main__":
    unittest.main()
