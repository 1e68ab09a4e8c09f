import unittest

from check_docs import check_installs, check_intros, check_links, check_snippets


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

    def test_a_package_that_nobody_registered_is_caught(self):
        for line in (
                '"overrides": { "lucia": "npm:latchkey@0.1.0" }',
                'import { jwtVerify } from "npm:latchkey/jose"',
                "npm i latchkey", "npm install --save latchkey@latest", "`npm i latchkey react`.",
                "pnpm add latchkey", "yarn add latchkey@^0.1", "bun add -d latchkey",
                "npm i next react latchkey", "npm i 'latchkey'",
                "npx -y latchkey init", "npx --yes latchkey init", "npx -p latchkey latchkey init",
                "npx latchkey@latest init", "pnpm dlx latchkey init", "bunx latchkey init",
                '"dependencies": { "latchkey": "^0.1.0" }', "'latchkey': 'latest'",
                '"latchkey": ""', "<script src='https://unpkg.com/latchkey'>",
                "https://esm.sh/latchkey@0.1.0/jose"):
            problems = check_installs({"docs/a.md": f"text\n{line}\n"})
            self.assertEqual(len(problems), 1, line)
            self.assertTrue(problems[0].startswith("docs/a.md:2: "), problems)

    def test_what_installs_the_tarball_or_runs_what_is_installed_is_fine(self):
        for line in (
                "npm install latchkey-0.1.0.tgz", "npm i ./latchkey-0.1.0.tgz", "npm i react",
                "npm i ./npm/latchkey-VERSION.tgz", "npx latchkey init",
                "npm install && npx latchkey doctor",
                '"latchkey": "file:./latchkey-0.1.0.tgz"', '"lucia": "$latchkey"',
                '"latchkey": "workspace:*"', "import { Lucia } from 'latchkey/lucia';",
                "npm i latchkey-0.1.0.tgz react; npx latchkey secret",
                '"bin": { "latchkey": "./dist/cli.js" }', "apt-get install latchkey-config.txt"):
            self.assertEqual(check_installs({"docs/a.md": line}), [], line)

    def test_a_header_without_an_introduction_is_caught(self):
        bare = "#pragma once\n#include <map>\nnamespace a {\n// f adds.\nint f();\n}\n"
        self.assertEqual(len(check_intros([("include/latchkey/a.h", bare)])), 1)
        told = bare.replace("namespace", "// Adding.\nnamespace")
        self.assertEqual(check_intros([("include/latchkey/a.h", told)]), [])


if __name__ == "__main__":
    unittest.main()
