import unittest

from check_words import check


class CheckWords(unittest.TestCase):
    def test_each_banned_generator_is_caught(self):
        for line in ("std::random_device device;", "std::mt19937 engine;",
                     "std::mt19937_64 engine;", "int x = rand();",
                     "int x = std::rand ();", "srand(1);", "long x = random();",
                     "double x = drand48();", "std::minstd_rand0 engine;"):
            self.assertTrue(check([("src/a.cc", line)]), line)

    def test_ordinary_code_passes(self):
        for line in ("auto x = operand(3);", "fill_random(bytes);", "entropy.fill(bytes);",
                     "int random_bytes = 3;"):
            self.assertEqual(check([("src/a.cc", line)]), [], line)

    def test_comments_and_texts_may_name_them(self):
        self.assertEqual(check([("src/a.cc", '// not std::random_device\nauto x = "rand()";')]), [])

    def test_code_behind_a_comment_is_still_seen(self):
        problems = check([("src/a.cc", "/* rand() */\nint x = rand();")])
        self.assertEqual(len(problems), 1)
        self.assertIn("src/a.cc:2", problems[0])

    def test_unfinished_work_is_caught_in_comments_too(self):
        self.assertTrue(check([("src/a.cc", "// TODO: later")]))


if __name__ == "__main__":
    unittest.main()
