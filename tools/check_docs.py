#!/usr/bin/env python3
"""Links between documents lead somewhere, C++ shown in the README is compiled by an example, and
nothing tells anybody to install a package that nobody has registered."""
import re
import sys

import sources

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+\s+(.*)$", re.M)
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.M | re.S)


def anchor(heading):
    """The fragment a heading gets."""
    text = re.sub(r"[`*]", "", heading.strip().lower())
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def check_links(documents, exists):
    """`documents` maps path to text; exists(path) tells whether a file is there."""
    problems = []
    anchors = {path: {anchor(h) for h in HEADING.findall(FENCE.sub("", text))}
               for path, text in documents.items()}
    for path, text in documents.items():
        folder = path.rpartition("/")[0]
        for link in LINK.findall(FENCE.sub("", text)):
            if re.match(r"[a-z]+:", link):
                continue
            file, _, fragment = link.partition("#")
            target = path if not file else normalise(f"{folder}/{file}")
            # The pack puts a copy of docs/ into the npm package.
            if path == "npm/README.md":
                target = re.sub("^npm/docs/", "docs/", target)
            if not exists(target):
                problems.append(f"{path}: {link}: there is no {target}")
            elif fragment and target in anchors and fragment not in anchors[target]:
                problems.append(f"{path}: {link}: no such heading")
    return problems


def normalise(path):
    parts = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def check_snippets(path, text, examples):
    """Each C++ block of a document must stand in one of the compiled examples, line by line."""
    problems = []
    for language, block in FENCE.findall(text):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        if language == "cpp" and not any(contains(example, lines) for example in examples):
            problems.append(f"{path}: no example compiles the block that begins {lines[0]!r}")
    return problems


def contains(text, wanted):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return any(lines[i:i + len(wanted)] == wanted for i in range(len(lines)))


# The npm package is a tarball that ./dev pack leaves. Its name is not registered, so whoever did
# register it would be installed by who follows such a line.
PACKAGE = r"latchkey(?![\w.-]*\.tgz)(?![\w/-])"
INSTALLS = re.compile(
    r"\bnpm:latchkey(?![\w-])"
    r"|\b(?:npm|pnpm|yarn|bun|deno)\s+(?:i|install|add|up|update)\s(?:[^\n`;|&]*?\s)?"
    rf"['\"]?{PACKAGE}"
    rf"|\b(?:(?:pnpm|yarn)\s+dlx|bunx|npm\s+exec|npx\s+(?:-\S+\s+)*-(?:y|p|-yes|-package=?)\S*)"
    rf"\s[^\n`;|&]*?{PACKAGE}"
    rf"|\bnpx\s+latchkey@"
    rf"|['\"]latchkey['\"]\s*:\s*['\"](?!file:|link:|workspace:|[$./])[^'\"]*['\"]"
    rf"|//(?:unpkg\.com|esm\.sh|cdn\.jsdelivr\.net/npm|registry\.npmjs\.org)/latchkey(?![\w-])")


def check_installs(texts):
    """`texts` maps path to text: what would install the package by its name alone is a problem."""
    def line(text, at):
        return text.count("\n", 0, at) + 1

    return [f"{path}:{line(text, found.start())}: {found.group()!r} installs a name that is not "
            "registered; name the tarball of ./dev pack"
            for path, text in texts.items() for found in INSTALLS.finditer(text)]


def check_intros(headers):
    """A public header says what it is for before it declares anything."""
    return [f"{path}: begin with what the header is for, and an example"
            for path, text in headers
            if not re.search(r"^// ", re.split(r"^(?:namespace|#define)", text, 1, re.M)[0], re.M)]


def main():
    root = sources.ROOT
    paths = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("examples/**/*.md"),
             *root.glob("tests/**/*.md"), *root.glob("npm/*.md")]
    paths = [path for path in paths if "node_modules" not in path.parts]
    documents = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths}
    problems = check_links(documents, lambda path: (root / path).exists())
    examples = [text for _, text in sources.files((".cc",), ("examples",))]
    for path in ("README.md",):
        problems += check_snippets(path, documents.get(path, ""), examples)
    # Tests plant such lines, and lock files name what is installed.
    shown = {path: text for path, text in sources.files(
        (".ts", ".tsx", ".js", ".cjs", ".mjs", ".json", ".html", ".sh", ".cc", ".h"),
        ("npm", "src", "examples", "include"))
        if not re.search(r"(^|/)test/|package-lock\.json$|_test\.cc$", path)}
    problems += check_installs({**documents, **shown})
    problems += check_intros(sources.files((".h",), ("include",)))
    if not documents:
        sys.exit("no documents found")
    sources.report(problems)


if __name__ == "__main__":
    main()
