#!/usr/bin/env python3
"""A file stops at 500 lines (tests 800, public headers 200) and 100 columns; above 300 it is
named for review, which is not a failure."""
import sources

REVIEW = 300


def limit(path):
    if "test" in path:
        return 800
    if path.startswith("include/"):
        return 200
    return 500


def check(files):
    """Returns (problems, files to look at in review)."""
    problems, review = [], []
    for path, text in files:
        lines = text.split("\n")
        count = len(lines) - 1
        if count > limit(path):
            problems.append(f"{path}: {count} lines; stop at {limit(path)}")
        elif count > REVIEW and "test" not in path:
            review.append(f"review: {path}: {count} lines")
        for number, line in enumerate(lines, 1):
            if len(line) > 100 and not path.endswith(".mjs"):
                problems.append(f"{path}:{number}: {len(line)} columns; stop at 100")
    return problems, review


if __name__ == "__main__":
    found, to_review = check(sources.files((".h", ".cc", ".py", ".mjs", ".sh", ".sql", ".css")))
    print("\n".join(to_review))
    sources.report(found)
