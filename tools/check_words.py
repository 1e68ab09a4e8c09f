#!/usr/bin/env python3
"""Words that must not be in the code (weak randomness, unfinished work), and phrases that make the
documents hard to read for somebody whose first language is not English."""
import re

import sources

BANNED = {
    r"\brandom_device\b": "use system_entropy(): random_device repeats values on some machines",
    r"\bmt19937(_64)?\b": "use system_entropy(), or write a small generator out in the test",
    r"\b[sd]?rand(48|om|_r)?\s*\(":
        "use system_entropy(), or write a small generator out in the test",
    r"\bstd::(rand|minstd_rand\w*|default_random_engine|ranlux\w*)\b": "use system_entropy()",
    r"\busing\s+namespace\s+std\s*;": "name what is used",
}
# Phrase -> what to write instead. In documents and public headers.
PHRASES = {
    r"\b(the|of|for|when|lost) news\b": "write invalidation, notification or change",
    r"\bwho(so)?ever\b": "write anyone who",
    r"\banew\b": "write again, or from scratch",
    r"\bnone of (ours|yours)\b": "write that it is not ours",
    r"(?-i:^Who) [a-z]+ .* (takes|writes|wants|has)\b": "write: if ..., use ...",
    r"\bone of one's own\b": "write your own",
    r"\bwithout a word\b": "write silently",
    r"\bis what (stands|counts)\b": "name the thing",
    r"\btells (whether|who|whose|how|why|which|what)\b": "write returns, reports, shows or says",
    r", for (it|they|he|she|we)\b": "write because",
    r"\b(the|an?) denials?\b": "write (entry of) the revocation list",
    r"\bthe other way round\b": "write the reverse, or in reverse",
    r"\btold (apart|nobody)\b": "write that they cannot be distinguished, or what is not shown",
    r"\bwithout a line of (yours|ours)\b": "write automatically",
    r"\bholds? here,? too\b": "write applies here too",
    r"\bwhat became of\b": "write the outcome of",
    r"\bwhatever (holds|stands|happens|becomes)\b": "write in any case",
    r"\bstands? (behind|before|left|right)\b": "write is after, in front of or in",
    r"\bonce too (often|seldom)\b": "write unnecessarily, or too late",
    r"\b(when|if|that|it) is none\b(?! of)": "write is not one, or is missing",
    r"\b(is|are) good (for|until)\b": "write is valid for, is valid until, or what it does",
    r"\bwhat (asks|hears|judges)\b|\bwho (asks|hears)\b": "name the client, the user or the code",
}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def check(files):
    problems = []
    for path, text in files:
        code = sources.code_only(text)
        for pattern, reason in BANNED.items():
            for match in re.finditer(pattern, code):
                line = code.count("\n", 0, match.start()) + 1
                problems.append(f"{path}:{line}: {match.group().strip()}: {reason}")
        for match in UNFINISHED.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            problems.append(f"{path}:{line}: {match.group()}: finish it, or open an issue")
    return problems


def check_prose(files):
    problems = []
    for path, text in files:
        for pattern, advice in PHRASES.items():
            for match in re.finditer(pattern, text, re.I | re.M):
                line = text.count("\n", 0, match.start()) + 1
                problems.append(f"{path}:{line}: {match.group()}: {advice}")
    return problems


def documents():
    """Yields the documents, but not the history of changes and what is generated."""
    for folder in (".", "docs", "examples", "tests"):
        pattern = "*.md" if folder == "." else "**/*.md"
        for path in sorted((sources.ROOT / folder).glob(pattern)):
            mine = path.name not in ("CHANGELOG.md", "reference.md")
            if mine and not sources.GENERATED & set(path.parts):
                yield path.relative_to(sources.ROOT).as_posix(), path.read_text("utf-8")


if __name__ == "__main__":
    prose = [*documents(), *sources.files((".h",), ("include",))]
    sources.report(check(sources.files((".h", ".cc"))) + check_prose(prose))
