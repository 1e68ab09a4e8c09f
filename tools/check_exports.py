#!/usr/bin/env python3
"""cmake/exports.map names what the public headers declare, and nothing else.

check_exports.py --write writes the map anew from the headers. check_exports.py LIBRARY compares the
dynamic symbols of a liblatchkey.so with the headers: docs/cpp/build.md.
"""
import re
import subprocess
import sys

import sources

MAP = sources.ROOT / "cmake/exports.map"
SKIPPED = ("include/latchkey/testing/", "include/latchkey/adapters/")  # header-only
HEAD = """# What liblatchkey.so exports: functions and classes of the public headers, and nothing
# of the libraries and engines that are compiled in. Written by tools/check_exports.py --write.
{
  global:
    extern "C++" {
"""
TAIL = """    };
    latchkey_engine_*;
  local:
    *;
};
"""
# What has to be compiled somewhere: a declaration with parameters and without a body.
COMPILED = re.compile(r"\)[\w\s]*(= 0\s*)?;")


OF_CLASS = re.compile(r"^(typeinfo name|typeinfo|vtable|(non-)?virtual thunk) (for|to) ")


def blocks(text):
    """Yields (namespace, declaration, body) for every declaration at the level of a namespace."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"^#(?:[^\n]*\\\n)*[^\n]*$", "", text, flags=re.M)
    spaces, at = [], 0
    token = re.compile(r"\s*(?:namespace ([\w:]*) ?\{|(\}))")
    while match := token.match(text, at):
        at = match.end()
        if match[2]:
            spaces.pop()
            continue
        spaces.append(match[1])
        while at < len(text) and not token.match(text, at):
            start, depth, body = at, 0, ""
            while at < len(text):
                if text[at] in "{(":
                    depth += 1
                elif text[at] in "})":
                    depth -= 1
                    # A function's body ends without a semicolon.
                    if depth == 0 and text[at] == "}" and not re.match(r"\s*[;,)]", text[at + 1:]):
                        at += 1
                        break
                elif text[at] == ";" and depth == 0:
                    at += 1
                    break
                at += 1
            declared = text[start:at].strip()
            if declared:
                yield "::".join(spaces), declared


def public_names(files):
    """The functions that headers declare, and the classes: True for those with virtual calls."""
    functions, classes = set(), {}
    for path, text in files:
        if path.startswith(SKIPPED):
            continue
        for space, declared in blocks(text):
            kind = re.match(r"(?:class|struct) (?:\[\[\w+\]\] )?(\w+)[^;{(]*\{", declared)
            if kind and COMPILED.search(declared):
                classes[f"{space}::{kind[1]}"] = bool(
                    re.search(r"\b(virtual|override)\b", declared))
            if kind:
                continue
            if re.match(r"(template|using|inline|constexpr|friend|enum|class|struct)\b", declared):
                continue
            named = re.match(r"[^(=]*?(\w+)\(", declared)
            if named:
                functions.add(f"{space}::{named[1]}")
    return functions, classes


def map_text(functions, classes):
    patterns = [f"{name}[!_a-z0-9]*" for name in sorted(functions)]
    for name, polymorphic in sorted(classes.items()):
        patterns.append(f"{name}::*")
        if polymorphic:
            patterns += [f"{what}?for?{name}" for what in ("typeinfo", "typeinfo?name", "vtable")]
            patterns.append(f"*?thunk?to?{name}::*")
    return HEAD + "".join(f"      {pattern};\n" for pattern in patterns) + TAIL


def wrong_symbols(symbols, functions, classes):
    """Tells what a library exports and should not, and which functions it lacks."""
    problems, seen = [], set()
    for symbol in symbols:
        name = re.sub(r"\[abi:\w+\]|\(.*", "", OF_CLASS.sub("", symbol))
        seen.add(name)
        owner = any(name == known or name.startswith(known + "::") for known in classes)
        if name not in functions and not owner and not name.startswith("latchkey_engine_"):
            problems.append(f"exported, and in no public header: {symbol}")
    problems += [f"in a public header, and not exported: {name}" for name in functions - seen]
    return sorted(problems)


def symbols_of(library):
    listed = subprocess.run(["nm", "-DC", "--defined-only", library], check=True, text=True,
                            capture_output=True).stdout
    return [line.split(" ", 2)[2] for line in listed.splitlines()]


def main(arguments):
    functions, classes = public_names(sources.files((".h",), ("include",)))
    if arguments[:1] == ["--write"]:
        MAP.write_text(map_text(functions, classes))
    elif arguments:
        sources.report(wrong_symbols(symbols_of(arguments[0]), functions, classes))
    elif MAP.read_text() != map_text(functions, classes):
        sources.report([f"{MAP.name} is not what the headers declare: run this with --write"])


if __name__ == "__main__":
    main(sys.argv[1:])
