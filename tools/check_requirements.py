#!/usr/bin/env python3
"""docs/requirements.md has every requirement once, with a proof that exists; no other file names a
requirement that it does not have."""
import re

import sources

PAGE = "docs/requirements.md"
NUMBERS = range(1, 183)
ISSUES = {"trust", "forward auth", "front door", "device-bound sessions"}
ROW = re.compile(r"^\| R(\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")
CPP_TEST = re.compile(r"^[A-Z]\w*\.[A-Z]\w*$")
SCRIPT_TEST = re.compile(r"^([\w./-]+\.(?:mjs|py)): (.+)$")
SETTING = re.compile(r"^[a-z]+\.[a-z_]+$")
# A number as it is cited: R58, R58-R66, "R1R2Ids..." in the name of a test, never part of a word.
CITED = re.compile(r"(?<![A-Za-z0-9_/.])((?:[A-Z]\d+)*)R(\d{1,3})(?![0-9.])")
DECLARED = re.compile(r"\b(?:TEST|TEST_F|TEST_P|TYPED_TEST|TYPED_TEST_P)\(\s*(\w+),\s*(\w+)\s*\)")


def declared_tests(files):
    """Returns the C++ tests of (path, text) as Suite.Name, and of scripts the text."""
    tests, scripts = set(), {}
    for path, text in files:
        tests.update(f"{suite}.{name}" for suite, name in DECLARED.findall(text))
        if path.endswith((".mjs", ".py")):
            scripts[path] = text
    return tests, scripts


def proof_problems(number, proof, tests, scripts, settings, where):
    problems, good = [], 0
    for code in CODE.findall(proof) + CODE.findall(where):
        script = SCRIPT_TEST.match(code)
        if CPP_TEST.match(code):
            good += 1
            if code not in tests:
                problems.append(f"{PAGE}: R{number}: there is no test {code}")
        elif script:
            good += 1
            if script[2] not in scripts.get(script[1], ""):
                problems.append(f"{PAGE}: R{number}: {script[1]} has no test \"{script[2]}\"")
        elif SETTING.match(code) and not code.endswith((".cc", ".h", ".ts")):
            if code not in settings:
                problems.append(f"{PAGE}: R{number}: there is no setting {code}")
            good += 1
    for issue in re.findall(r"open: issue ([a-z -]+?)(?=[;,.]|$)", proof):
        good += 1
        if not any(issue.startswith(name) for name in ISSUES):
            problems.append(f"{PAGE}: R{number}: \"{issue}\" is no issue")
    if good == 0 and "not ours: " not in proof:
        problems.append(f"{PAGE}: R{number}: no test, no setting, and no reason")
    return problems


def check(page, files, settings):
    """Returns problems of the page's text, given all other files as (path, text)."""
    problems = []
    tests, scripts = declared_tests(files)
    rows = ROW.findall(page)
    numbers = [int(row[0]) for row in rows]
    for number in NUMBERS:
        if numbers.count(number) != 1:
            problems.append(f"{PAGE}: R{number} is there {numbers.count(number)} times")
    for number, _, where, proof in rows:
        if int(number) not in NUMBERS:
            problems.append(f"{PAGE}: R{number} is no requirement")
        problems += proof_problems(number, proof.strip(), tests, scripts, settings, where)
    for path, text in files:
        for found in CITED.finditer(text):
            cited = re.findall(r"R(\d+)", found[1]) + [found[2]]
            problems += [f"{path}: names R{number}, which {PAGE} does not have"
                         for number in cited if int(number) not in NUMBERS]
    return problems + check_headers(files)


def check_headers(files):
    """A public header that names a number says where it can be looked up."""
    return [f"{path}: names {found[0]}; say that it is of {PAGE}" for path, text in files
            if path.startswith("include/latchkey/") and "/testing/" not in path and
            (found := CITED.search(text)) and PAGE not in text]


def settings_of(configuration):
    return set(re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|", configuration, re.MULTILINE))


if __name__ == "__main__":
    everything = list(sources.files((".h", ".cc", ".mjs", ".ts", ".md"),
                                    (*sources.FOLDERS, "docs")))
    everything += sources.files((".py",), ("tests",))
    everything += [(path.name, path.read_text(encoding="utf-8"))
                   for path in sorted(sources.ROOT.glob("*.md"))]
    texts = dict(everything)
    sources.report(check(texts.pop(PAGE), list(texts.items()),
                         settings_of(texts["docs/configuration.md"])))
