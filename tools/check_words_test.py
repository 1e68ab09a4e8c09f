import unittest

from check_words import check, check_prose


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

    def test_phrases_that_are_hard_to_read_are_caught_in_documents(self):
        for line in ("Normally the news arrive late.", "Whoever reads the store can forge it.",
                     "The cookie is written anew.", "text that is none of ours",
                     "Who cannot accept that takes PostgreSQL.", "dropped without a word"):
            problems = check_prose([("docs/a.md", f"# A\n{line}\n")])
            self.assertEqual(len(problems), 1, line)
            self.assertTrue(problems[0].startswith("docs/a.md:2: "), problems)

    def test_plain_english_passes(self):
        for line in ("Anyone who reads the store can forge it.", "Who sends a request?",
                     "It is written again.", "If that is unacceptable, use PostgreSQL."):
            self.assertEqual(check_prose([("docs/a.md", line)]), [], line)


if __name__ == "__main__":
    unittest.main()
