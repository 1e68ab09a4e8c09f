import unittest

from check_docs import check_links, check_snippets


class CheckDocs(unittest.TestCase):
    def test_a_link_to_nowhere_is_caught(self):
        documents = {"docs/a.md": "see [b](b.md)"}
        self.assertTrue(check_links(documents, lambda path: False))
        self.assertEqual(check_links(documents, {"docs/b.md"}.__contains__), [])

    def test_a_link_upwards_is_resolved(self):
        documents = {"docs/formats/a.md": "[r](../../README.md)"}
        self.assertEqual(check_links(documents, {"README.md"}.__contains__), [])

    def test_a_missing_heading_is_caught(self):
        documents = {"a.md": "[b](b.md#two-words)", "b.md": "# Two words\n"}
        self.assertEqual(check_links(documents, lambda path: True), [])
        documents["b.md"] = "# Other\n"
        self.assertTrue(check_links(documents, lambda path: True))

    def test_addresses_of_the_web_are_left_alone(self):
        documents = {"a.md": "[x](https://example.com)"}
        self.assertEqual(check_links(documents, lambda path: False), [])

    def test_a_snippet_no_example_compiles_is_caught(self):
        readme = "```cpp\nauto x = f();\nuse(x);\n```\n"
        self.assertTrue(check_snippets("README.md", readme, ["int main() {}"]))
        example = "  auto x = f();\n\n  use(x);\n"
        self.assertEqual(check_snippets("README.md", readme, [example]), [])


if __name__ == "__main__":
    unittest.main()
