#!/usr/bin/env python3
"""Links between documents lead somewhere, and C++ shown in the README is compiled by an example."""
import re
import sys

import sources

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+\s+(.*)$", re.M)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


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


def main():
    root = sources.ROOT
    paths = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("examples/**/*.md"),
             *root.glob("tests/**/*.md")]
    paths = [path for path in paths if "node_modules" not in path.parts]
    documents = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths}
    problems = check_links(documents, lambda path: (root / path).exists())
    examples = [text for _, text in sources.files((".cc",), ("examples",))]
    for path in ("README.md",):
        problems += check_snippets(path, documents.get(path, ""), examples)
    if not documents:
        sys.exit("no documents found")
    sources.report(problems)


if __name__ == "__main__":
    main()
