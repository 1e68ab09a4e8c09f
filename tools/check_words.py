#!/usr/bin/env python3
"""Words that must not be in the code: weak randomness, unfinished work."""
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


if __name__ == "__main__":
    sources.report(check(sources.files((".h", ".cc"))))
