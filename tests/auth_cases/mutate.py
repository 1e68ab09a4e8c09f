#!/usr/bin/env python3
"""Inverts each condition of the two rules in turn and expects that a case fails.

  tests/auth_cases/mutate.py [--shape NAME]... [--preset PRESET]
  tests/auth_cases/mutate.py --build COMMAND --test COMMAND...

The tables have a case for every condition if no mutant survives. Each shape is a program that runs
the same cases: `auth` the C++ library, `serve` the HTTP layer of the program, `addon` the npm
package (the addon, which is built into npm/prebuilds, and latchkey/next on it). Other shapes run
with it, too: name the command that builds them and their test commands. A condition that a shape
cannot reach is named in UNREACHED and is expected to survive there. The sources are put back, also
after an interruption.
"""
import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RULES = ("src/auth/touch_rule.cc", "src/auth/cookie_rule.cc")
# Shape: the target that is built, and the tests that must notice, each with what it runs.
SHAPES = {
    "auth": ("auth_tests", ("*Rule*", "AuthCases*")),
    "serve": ("http_service_tests", ("ServedCases*",)),
}
# What a shape does not reach and cannot notice: `latchkey serve` has no handler that streams, so it
# can always write a header.
UNREACHED = {
    "http_service_tests": ("if (is_stateless(facts.carrier))", "return !facts.renew_cookie;"),
}
# The shape that is no program of C++: what builds it, and what tests it.
FOLDER = "npm/prebuilds/$(node -p 'process.platform + \"-\" + process.arch')"
NODE_TEST = "node --test --test-name-pattern='^{}' npm/test/auth_cases.test.mjs"
ADDON = ("./dev build npm latchkey_addon && cp build/npm/latchkey.node "
         f"{FOLDER}/.new && mv {FOLDER}/.new {FOLDER}/latchkey.node",
         [NODE_TEST.format("the addon"), NODE_TEST.format("latchkey/next")])
# A condition, with one level of parentheses inside, and the two kinds of returned condition.
IF = re.compile(r"\bif \(((?:[^()]|\([^()]*\))*)\)")
CHOICE = re.compile(r"\breturn ([\w.]+) \?")
PLAIN = re.compile(r"\breturn (!?facts\.\w+);")


def mutants(text):
    """Yields (what was inverted, the whole text with it)."""
    for pattern, form in ((IF, "if (!({}))"), (CHOICE, "return !{} ?"), (PLAIN, "return !({});")):
        for match in pattern.finditer(text):
            inverted = form.format(match.group(1))
            yield match.group(), text[:match.start()] + inverted + text[match.end():]
    # Each side of an && is a condition of its own.
    for match in IF.finditer(text):
        sides = match.group(1).split(" && ")
        for index in range(len(sides) if len(sides) > 1 else 0):
            changed = [f"!({side})" if i == index else side for i, side in enumerate(sides)]
            yield (f"{sides[index]} of {match.group()}",
                   text[:match.start(1)] + " && ".join(changed) + text[match.end(1):])


def run(command):
    return subprocess.run(command, shell=True, cwd=ROOT, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode


def survivors(path, build, tests):
    """Tells which mutants of one rule no test has noticed."""
    file = ROOT / path
    text = file.read_text(encoding="utf-8")
    found = []
    try:
        for what, changed in mutants(text):
            file.write_text(changed, encoding="utf-8")
            if run(build):
                sys.exit(f"{path}: {what}: does not compile when it is inverted")
            for test in tests:
                noticed = run(test) != 0
                spared = any(target in test and what in UNREACHED[target] for target in UNREACHED)
                verdict = "noticed" if noticed else "unreached" if spared else "SURVIVED"
                print(f"{verdict}  {path}: {what}  [{test}]", flush=True)
                if not noticed and not spared:
                    found.append(what)
    finally:
        file.write_text(text, encoding="utf-8")
    return found


def commands(shapes, preset):
    """Returns how the shapes are built and tested."""
    if "addon" in shapes:
        return ADDON
    targets = [SHAPES[shape][0] for shape in shapes]
    tests = [f"build/{preset}/tests/{SHAPES[shape][0]} --gtest_filter='{cases}'"
             for shape in shapes for cases in SHAPES[shape][1]]
    return f"./dev build {preset} {' '.join(targets)}", tests


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", action="append", choices=[*SHAPES, "addon"])
    parser.add_argument("--preset", default="dev")
    parser.add_argument("--build")
    parser.add_argument("--test", action="append")
    given = parser.parse_args()
    run_build, run_tests = commands(given.shape or ["auth"], given.preset)
    run_build, run_tests = given.build or run_build, given.test or run_tests
    alive = [what for rule in RULES for what in survivors(rule, run_build, run_tests)]
    run(run_build)
    sys.exit(1 if alive else 0)
