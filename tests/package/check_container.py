"""Reads a Containerfile for what can be told without a container engine.

Known instructions, a slim base, not root, a health check and an entry point in exec form, so that
signals reach the server."""
import json
import re
import sys

KNOWN = {
    "FROM",
    "COPY",
    "RUN",
    "USER",
    "VOLUME",
    "EXPOSE",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "ENTRYPOINT",
    "ENV",
    "WORKDIR",
    "LABEL",
}


def instructions(text):
    text = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", text))
    return [line.split(None, 1) for line in text.splitlines() if line.strip()]


def problems(text):
    found = []
    lines = instructions(text)
    last = {}
    for name, value in lines:
        if name not in KNOWN:
            found.append(f"{name} is no instruction that this file may use")
        last[name] = value
    if not re.fullmatch(r"debian:\d+-slim", last.get("FROM", "")):
        found.append("FROM is no slim Debian of a named release")
    if last.get("USER", "root") in ("root", "0"):
        found.append("it runs as root")
    elif [name for name, _ in lines].index("USER") < max(
        i for i, (name, _) in enumerate(lines) if name == "RUN"
    ):
        found.append("USER stands before a RUN that needs root")
    check = last.get("HEALTHCHECK", "")
    for name, command in (
        ("ENTRYPOINT", last.get("ENTRYPOINT", "")),
        ("HEALTHCHECK", check.partition("CMD")[2].strip()),
    ):
        try:
            words = json.loads(command)
            assert words and all(isinstance(word, str) for word in words)
        except (ValueError, AssertionError):
            found.append(f"{name} is not in exec form")
    return found


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        wrong = problems(file.read())
    print("\n".join(wrong) or "the container file holds")
    sys.exit(1 if wrong else 0)
