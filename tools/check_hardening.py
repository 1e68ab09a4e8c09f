#!/usr/bin/env python3
"""What was built has the hardening of cmake/LatchkeyHardening.cmake: check_hardening.py BUILD_DIR.

Looks at the program and the addon with readelf, and at the objects of our libraries, which are
linked into programs of others."""
import pathlib
import re
import subprocess
import sys

# Files by the end of their path in a build directory; an addon is a library, so it has no PIE.
PROGRAMS = ("latchkey",)
ADDONS = ("latchkey.node",)


def readelf(path, *options):
    done = subprocess.run(["readelf", "-W", *options, str(path)], capture_output=True, text=True,
                          check=True)
    return done.stdout


def segment(headers, kind):
    """Returns the flags of a program header, such as "RW ", or None."""
    found = re.search(rf"^\s+{kind}\s+(?:0x[0-9a-f]+\s+){{5}}([RWE ]{{3}})", headers, re.MULTILINE)
    return found.group(1) if found else None


def check_segments(headers):
    problems = []
    if segment(headers, "GNU_RELRO") is None:
        problems.append("no RELRO segment: link with -z relro")
    stack = segment(headers, "GNU_STACK")
    if stack is None or "E" in stack:
        problems.append("the stack can be executed: link with -z noexecstack")
    for flags in re.findall(r"^\s+LOAD\s+(?:0x[0-9a-f]+\s+){5}([RWE ]{3})", headers, re.MULTILINE):
        if "W" in flags and "E" in flags:
            problems.append("a segment can be written and executed")
    return problems


def check_dynamic(dynamic, program):
    problems = []
    if not re.search(r"\((?:FLAGS\).*BIND_NOW|BIND_NOW\)|FLAGS_1\).*\bNOW\b)", dynamic):
        problems.append("symbols are bound lazily: link with -z now")
    if program and not re.search(r"FLAGS_1\).*\bPIE\b", dynamic):
        problems.append("not position-independent: link with -pie")
    if re.search(r"\((?:RPATH|RUNPATH)\)", dynamic):
        problems.append("it has a library path of its own (RPATH)")
    return problems


def check_symbols(symbols):
    problems = []
    if "__stack_chk_fail" not in symbols:
        problems.append("no stack protector: compile with -fstack-protector-strong")
    if not re.search(r"\b__\w+_chk\b(?<!__stack_chk)", symbols):
        problems.append("no call is checked: compile with -D_FORTIFY_SOURCE=3 and optimisation")
    return problems


def check_binary(path, program):
    """Returns what a linked file lacks."""
    return (check_segments(readelf(path, "-l")) + check_dynamic(readelf(path, "-d"), program) +
            check_symbols(readelf(path, "--dyn-syms")))


def check_archive(path):
    """Returns what the objects of a library lack. Not every object has an array on its stack, so
    the stack protector is looked for in the whole archive."""
    notes = readelf(path, "-n")
    problems = []
    objects = notes.count("\nFile: ")
    if "x86 feature: IBT, SHSTK" not in notes and "AArch64 feature: BTI" not in notes:
        problems.append("no control-flow protection: compile with -fcf-protection=full")
    elif notes.count("feature: IBT, SHSTK") + notes.count("feature: BTI") < objects:
        problems.append("some objects have no control-flow protection")
    return problems


def check_build(build):
    """Returns (problems, number of files looked at)."""
    problems, seen = [], 0
    for name in PROGRAMS + ADDONS:
        path = build / name
        if not path.is_file():
            continue
        seen += 1
        problems += [f"{path}: {text}" for text in check_binary(path, name in PROGRAMS)]
    for path in sorted(build.glob("src/**/liblatchkey_*.a")):
        seen += 1
        problems += [f"{path}: {text}" for text in check_archive(path)]
    return problems, seen


if __name__ == "__main__":
    found, looked_at = check_build(pathlib.Path(sys.argv[1]))
    if looked_at == 0:
        found.append(f"{sys.argv[1]}: nothing is built there")
    print("\n".join(found))
    sys.exit(1 if found else 0)
