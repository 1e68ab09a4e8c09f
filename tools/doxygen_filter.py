#!/usr/bin/env python3
"""Prints a header with its comments as Doxygen wants them: doxygen_filter.py HEADER

Our comments are plain: `//` above a declaration or after a member; text indented by three blanks
is an example, and a comment before a blank line or a namespace is about the file."""
import re
import sys

COMMENT = re.compile(r"^(\s*)//(?: (.*))?$")
TRAILING = re.compile(r"^(?P<code>\s*[^\s/#].*?[^\s:{(])\s{2,}// (?P<text>.*)$")
SPAN = re.compile(r"(`[^`]*`)")
SPECIAL = re.compile(r"([\\@<>#&%$]|(?<!\w)::)")


def escape(text):
    """What is special to Doxygen loses its meaning outside of `code`."""
    return "".join(part if part.startswith("`") else SPECIAL.sub(r"\\\1", part)
                   for part in SPAN.split(text))


def documented(lines):
    """The texts of one comment: prose escaped, examples fenced."""
    out, inside, in_list = [], False, False
    for at, text in enumerate(lines):
        rest = [line for line in lines[at:] if line]
        in_list = text.startswith("- ") or (in_list and text.startswith("  "))
        example = not in_list and (text.startswith("  ") or (
            inside and not text and bool(rest) and rest[0].startswith("  ")))
        if example != inside:
            out.append("@code{.cpp}" if example else "@endcode")
        inside = example
        out.append(text[2:] if example else escape(text))
    return out + ["@endcode"] * inside


def is_file_comment(following):
    return not following.strip() or re.match(r"(inline )?namespace |#", following)


def convert(source):
    lines = source.split("\n")
    out, at = [], 0
    while at < len(lines):
        found = COMMENT.match(lines[at])
        if found:
            indent, block = found.group(1), []
            while at < len(lines) and (more := COMMENT.match(lines[at])):
                block.append(more.group(2) or "")
                at += 1
            if is_file_comment(lines[at] if at < len(lines) else ""):
                block.insert(0, "")
                out += [f"{indent}/// @file"]
            out += [f"{indent}/// {text}".rstrip() for text in documented(block)]
            continue
        found = TRAILING.match(lines[at])
        if not found:
            out.append(lines[at])
            at += 1
            continue
        column = lines[at].rindex("// " + found.group("text"))
        out.append(f"{found.group('code')}  ///< {escape(found.group('text'))}")
        at += 1
        while at < len(lines) and (more := COMMENT.match(lines[at])) and len(
                more.group(1)) == column:
            out.append(f"{more.group(1)}///< {escape(more.group(2) or '')}")
            at += 1
    return "\n".join(out)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as header:
        sys.stdout.write(convert(header.read()))
