"""Shared by the checks in this folder: which files are ours, and how a check is started."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("include", "src", "tests", "fuzz", "bench", "examples", "tools", "npm")
GENERATED = {"node_modules", "dist", "prebuilds", ".next"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def files(suffixes, folders=FOLDERS, root=ROOT):
    """Yields (path below root as text, content) of each of our files with one of the suffixes."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in suffixes and path.is_file() and not GENERATED & set(path.parts):
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def code_only(text):
    """Blanks out comments and string literals; line numbers stay."""
    pattern = r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
    return re.sub(pattern, lambda match: re.sub(r"[^\n]", " ", match.group()), text, flags=re.S)


def report(problems):
    """Prints the problems and leaves with 1 when there are any."""
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
