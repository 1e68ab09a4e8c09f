#!/usr/bin/env python3
"""C++ shown in the guide compiles.

check_snippets.py programs FOLDER   writes each block with main() to FOLDER/PAGE/main.cc, with the
                                    CMakeLists.txt of its page; the caller builds and runs them
check_snippets.py compile PREFIX    compiles the other blocks against an installed tree

Such a block is a fragment. It is compiled inside of a prelude, tests/docs/NAME.cc, which declares
what the page takes for granted. A comment before the block names it, as in
<!-- prelude: handler -->; without one it is `main`. All fragments whose preludes begin alike are
one translation unit."""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

import sources

PAGES = ("docs/cpp/*.md", "docs/front_door.md")
BLOCK = re.compile(r"(?:<!-- prelude: (\w+) -->\n+)?^```(\w+)\n(.*?)^```$", re.M | re.S)
EACH, HERE = "//% each\n", "//% here\n"
# GCC takes a page for a header, whose types others may see.
STRICT = ("-std=c++20", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-Wno-unused-variable",
          "-Wno-unused-but-set-variable", "-Wno-subobject-linkage", "-fmax-errors=20",
          "-fsyntax-only")


def blocks(text):
    """Yields (language, prelude, line of its first line, code) of each fenced block."""
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start(3)) + 1
        yield found.group(2), found.group(1) or "main", line, found.group(3)


def programs(pages):
    """Maps "PAGE/main.cc" and "PAGE/CMakeLists.txt" to their text."""
    files = {}
    for path, text in pages.items():
        name = pathlib.PurePath(path).stem
        shown = list(blocks(text))
        for language, _, _, code in shown:
            if language == "cpp" and "int main(" in code:
                files[f"{name}/main.cc"] = code
        if f"{name}/main.cc" in files:
            files.update((f"{name}/CMakeLists.txt", code) for language, _, _, code in shown
                         if language == "cmake" and "project(" in code)
    return files


def units(pages, preludes):
    """Returns the text of each translation unit. KeyError: a prelude that does not exist."""
    bodies = {}
    number = 0
    for path, text in pages.items():
        for language, prelude, line, code in blocks(text):
            if language != "cpp" or "int main(" in code:
                continue
            number += 1
            head, each = preludes[prelude].split(EACH)
            before, after = each.replace("SNIPPET", f"snippet_{number}").split(HERE)
            bodies.setdefault(head, []).append(
                f'{before}#line {line} "{path}"\n{code}#line 1 "{prelude} after {path}"\n{after}')
    return [head + "".join(bodies[head]) for head in bodies]


def compile_unit(text, compiler, flags):
    """Returns what the compiler has against it, or nothing."""
    done = subprocess.run([*compiler, *STRICT, *flags, "-x", "c++", "-"], input=text, text=True,
                          capture_output=True, check=False)
    return done.stderr if done.returncode else ""


def flags_of(prefix):
    found = next(pathlib.Path(prefix).glob("**/pkgconfig"))
    done = subprocess.run(["pkg-config", "--cflags", "latchkey", "cpp-httplib"], check=True,
                          capture_output=True, text=True,
                          env={**os.environ, "PKG_CONFIG_PATH": str(found)})
    return [*done.stdout.split(), f"-I{sources.ROOT}/tests/docs"]


def write_programs(pages, folder):
    for name, text in programs(pages).items():
        file = pathlib.Path(folder) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def compile_fragments(pages, prefix):
    preludes = {path.stem: path.read_text("utf-8")
                for path in (sources.ROOT / "tests/docs").glob("*.cc")}
    flags = flags_of(prefix)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = pool.map(lambda text: compile_unit(text, ["g++"], flags), units(pages, preludes))
    return [problem for problem in problems if problem]


def main():
    what, where = sys.argv[1:3]
    pages = {path.relative_to(sources.ROOT).as_posix(): path.read_text("utf-8")
             for pattern in PAGES for path in sorted(sources.ROOT.glob(pattern))}
    if what == "programs":
        write_programs(pages, where)
    else:
        sources.report(compile_fragments(pages, where))


if __name__ == "__main__":
    main()
