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
                     "Who cannot accept that takes PostgreSQL.", "dropped without a word",
                     "check tells whether the store answers", "refused, for they fall back",
                     "A denial lives until then.",
                     "The other way round it works.", "unknown or disabled: never told apart",
                     "It answers without a line of yours.", "The same holds here too.",
                     "PasswordChange is what became of it.", "dead whatever happens",
                     "Padding stands behind the MAC.", "dropped once too often",
                     "null when it is none", "The old one is good until its deadline.",
                     "A handler sees who asks."):
            problems = check_prose([("docs/a.md", f"# A\n{line}\n")])
            self.assertEqual(len(problems), 1, line)
            self.assertTrue(problems[0].startswith("docs/a.md:2: "), problems)

    def test_plain_english_passes(self):
        for line in ("Anyone who reads the store can forge it.", "Who sends a request?",
                     "It is written again.", "If that is unacceptable, use PostgreSQL.",
                     "Tell us what failed.", "404 if there is none", "This page, for users only,",
                     "Call `deny` for each `Denial`.", "The cookie is valid until then."):
            self.assertEqual(check_prose([("docs/a.md", line)]), [], line)


if __name__ == "__main__":
    unittest.main()
