#!/usr/bin/env python3
"""Signs up and logs in at a program of the guide or the README: hello.py PROGRAM [PATH-TO-LOG-OUT]

The program takes its public URL, keeps its users in the current directory, shows its log-in form at
/login and the user at /."""
import os
import subprocess
import sys
import tempfile

from walk import Browser, free_port, wait_for

USER = {"name": "ann@example.com", "password": "correct horse battery staple"}


def walk(port, log_out):
    """Yields (what, whether it holds)."""
    stranger = Browser(port).send("GET", "/")
    yield "a page without a session leads to the log-in", (
        stranger.status == 303 and stranger.getheader("Location").startswith("/login"))
    form = Browser(port).send("GET", "/login")
    yield "the log-in form", form.status == 200 and 'name="password"' in form.text
    unknown = Browser(port).send("POST", "/login", USER)
    yield "an unknown user is refused", unknown.status in (200, 422) and not unknown.set
    foreign = Browser(port).send("POST", "/signup", USER, Origin="https://evil.example",
                                 Sec_Fetch_Site="cross-site")
    yield "a form of another site is refused", foreign.status == 403 and not foreign.set

    first = Browser(port)
    signed_up = first.send("POST", "/signup", USER)
    yield "sign-up", (signed_up.status == 303 and signed_up.getheader("Location") == "/" and
                      len(signed_up.set) == 1 and "HttpOnly" in signed_up.set[0])
    second = Browser(port)
    logged_in = second.send("POST", "/login", USER)
    yield "log-in", logged_in.status == 303 and second.cookie not in ("", first.cookie)
    wrong = Browser(port).send("POST", "/login", {**USER, "password": "x" * 20})
    yield "a wrong password is refused", wrong.status in (200, 422) and not wrong.set
    page = second.send("GET", "/")
    yield "the page of a user", page.status == 200 and page.text.startswith("You are user ")
    yield "stays out of caches", "no-store" in (page.getheader("Cache-Control") or "")
    if log_out:
        held = second.cookie
        yield "log-out", second.send("POST", log_out, {}).status == 303 and not second.cookie
        yield "ends the session", second.send("GET", "/", cookie=held).status == 303
        yield "and no other", first.send("GET", "/").status == 200


def main():
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.abspath(sys.argv[1])
        process = subprocess.Popen([program, f"http://localhost:{port}"], cwd=folder)
        try:
            wait_for(port, process)
            outcomes = list(walk(port, sys.argv[2] if len(sys.argv) > 2 else ""))
        finally:
            process.kill()
            process.wait()
    failures = [what for what, holds in outcomes if not holds]
    print(f"{len(outcomes) - len(failures)}/{len(outcomes)} held")
    print("\n".join(failures))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
