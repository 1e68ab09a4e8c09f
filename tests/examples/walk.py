#!/usr/bin/env python3
"""Walks through a C++ example as a browser without JavaScript does: walk.py PROGRAM"""
import http.client
import http.cookies
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

USER = {"username": "ann@example.com", "password": "correct horse battery staple", "remember": "on"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Browser:
    """Sends requests as the pages do, and keeps the cookies: `cookie` is that of the session."""

    def __init__(self, port):
        self.port = port
        self.cookie = ""
        self.device = ""

    def send(self, method, path, form=None, cookie=None, **headers):
        sent = {"Host": f"localhost:{self.port}", "Accept": "text/html",
                "Origin": f"http://localhost:{self.port}", "Sec-Fetch-Site": "same-origin",
                "Sec-Fetch-Mode": "navigate", "User-Agent": "Walker"}
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        cookie = "; ".join(filter(None, (self.cookie, self.device))) if cookie is None else cookie
        if cookie:
            sent["Cookie"] = cookie
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, {k: v for k, v in sent.items() if v is not None})
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        answer.lines = [v for k, v in answer.getheaders() if k.lower() == "set-cookie"]
        answer.set = [line for line in answer.lines if line.startswith("session-")]
        for line in answer.lines:
            pair = "" if "Max-Age=0" in line else line.split(";")[0]
            if line in answer.set:
                self.cookie = pair
            else:
                self.device = pair
        return answer


def wait_for(port, process):
    """Returns when the program answers, and ends with it."""
    for _ in range(600):
        try:
            Browser(port).send("GET", "/login")
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    sys.exit("the program does not listen")


class Walk:
    def __init__(self, program):
        self.failures = []
        self.checks = 0
        self.directory = tempfile.TemporaryDirectory()
        self.port = free_port()
        store = f"sqlite:{self.directory.name}/app.db"
        self.process = subprocess.Popen(
            [program, "--listen", f"127.0.0.1:{self.port}", "--store", store])
        wait_for(self.port, self.process)

    def check(self, held, what):
        self.checks += 1
        if not held:
            self.failures.append(what)

    def run(self):
        ann = Browser(self.port)
        self.visitor(ann)
        self.signed_in(ann)
        self.foreign(ann)
        self.bad_cookies(ann)
        self.devices(ann)
        self.log_out(ann)
        self.without_store()
        self.process.terminate()
        self.process.wait(10)
        self.directory.cleanup()

    def visitor(self, browser):
        answer = browser.send("GET", "/training?page=2")
        where = answer.getheader("Location") or ""
        self.check(answer.status == 303, f"a visitor of /training: {answer.status}")
        self.check(where == "/login?next=/training%3Fpage%3D2", f"is led to {where}")
        self.check(not answer.set, "a visitor is given no cookie")
        answer = browser.send("GET", "/api/me", Accept="application/json", Sec_Fetch_Mode="cors")
        self.check(answer.status == 401, f"/api/me of a visitor: {answer.status}")
        self.check("no_session" in answer.text, "it says why")
        problem = answer.getheader("Content-Type") or ""
        self.check(problem.startswith("application/problem+json"), "as problem+json")
        self.check("<form" in browser.send("GET", "/login").text, "the log-in form")

    def signed_in(self, browser):
        short = browser.send("POST", "/signup", {**USER, "password": "short"})
        self.check(short.status == 422 and not short.set, "a short password")
        self.check('role="alert"' in short.text and USER["username"] in short.text,
                   "the form comes back with the name and what is wrong")
        answer = browser.send("POST", "/signup", {**USER, "next": "/devices"})
        self.check(answer.status == 303 and answer.getheader("Location") == "/devices", "sign-up")
        self.check(answer.lines == answer.set and len(answer.set) == 1, "one cookie alone")
        self.check("HttpOnly" in answer.set[0] and
                   "SameSite=Lax" in answer.set[0] and "Max-Age" in answer.set[0], "its cookie")
        page = browser.send("GET", "/training")
        self.check(page.status == 200 and USER["username"] in page.text, "/training of a user")
        self.check("no-store" in (page.getheader("Cache-Control") or ""), "is not kept by caches")
        self.check("Cookie" in (page.getheader("Vary") or ""), "Vary: Cookie")
        self.check(not page.set, "and writes no cookie")
        self.check('"user":{"id":' in browser.send("GET", "/api/me").text, "/api/me of a user")
        for target in ("//evil.example", "/\\evil.example", "https://evil.example"):
            query = urllib.parse.urlencode({"next": target})
            where = browser.send("GET", f"/login?{query}").getheader("Location")
            self.check(where == "/training", f"/login?{query} leads to {where}")
        taken = browser.send("POST", "/signup", USER, cookie="")
        self.check(taken.status == 422 and not taken.set, "a name that is taken")

    def foreign(self, browser):
        for headers, status in (
                ({"Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"}, 403),
                ({"Origin": "null", "Sec_Fetch_Site": None}, 403),
                ({"Origin": "null", "Sec_Fetch_Site": "cross-site"}, 403),
                ({"Origin": None, "Sec_Fetch_Site": None}, 403),
                ({"Origin": "null"}, 303)):
            answer = Browser(self.port).send("POST", "/login", USER, **headers)
            self.check(answer.status == status, f"a log-in with {headers}: {answer.status}")
            self.check(bool(answer.set) == (status == 303), f"its cookie, with {headers}")
        answer = browser.send("POST", "/logout", {}, Origin="https://evil.example",
                              Sec_Fetch_Site="cross-site")
        self.check(answer.status == 403, "a foreign log-out")
        self.check(browser.send("GET", "/training").status == 200, "which ends nothing")

    def bad_cookies(self, browser):
        name, token = browser.cookie.split("=", 1)
        for bad in (f"{name}={token[:-3]}AAA", f"{name}={token}x", f"{name}=", f"{name}=%20"):
            page = Browser(self.port).send("GET", "/training", cookie=bad)
            self.check(page.status == 303, f"{bad[:20]}...: {page.status}")
            self.check(any("Max-Age=0" in line for line in page.set), "a page deletes it")
            data = Browser(self.port).send("GET", "/api/me", cookie=bad, Sec_Fetch_Mode="cors")
            self.check(data.status == 401 and not data.set, "an answer to a script does not")
        both = Browser(self.port).send("GET", "/training", cookie=f"{browser.cookie}; {name}=x")
        self.check(both.status == 303 and "Max-Age=0" in both.set[0], "a cookie that came twice")
        ahead = Browser(self.port).send("GET", "/training", cookie=f"{name}=x",
                                        Sec_Purpose="prefetch")
        self.check(not ahead.set, "a prefetch changes nothing")

    def devices(self, browser):
        wrong = Browser(self.port).send("POST", "/login", {**USER, "password": "x" * 20})
        self.check(wrong.status == 422 and "<form" in wrong.text and not wrong.set,
                   "a wrong password")
        phone = Browser(self.port)
        login = phone.send("POST", "/login", {**USER, "remember": ""}, User_Agent="Phone")
        self.check("Max-Age" not in login.set[0], "without remember me it ends with the browser")
        page = browser.send("GET", "/devices")
        self.check(page.status == 200 and "Phone" in page.text and "(this device)" in page.text,
                   "both devices are listed")
        block = page.text.split("Phone")[1]
        identity = block.split('name="id" value="')[1].split('"')[0]
        browser.send("POST", "/devices", {"id": identity})
        self.check(phone.send("GET", "/training").status == 303, "a device that was ended")
        self.check(browser.send("GET", "/training").status == 200, "the other one stays")

    def log_out(self, browser):
        before = browser.cookie
        answer = browser.send("POST", "/login", USER)
        self.check(browser.cookie != before, "a log-in is a new session")
        self.check(answer.lines == answer.set, "a device that has shown its session gets no cookie")
        self.check(Browser(self.port).send("GET", "/training", cookie=before).status == 303,
                   "and ends the one before")
        held = browser.cookie
        answer = browser.send("POST", "/logout", {})
        self.check(answer.status == 303 and "Max-Age=0" in answer.set[-1], "log-out")
        self.check(browser.device.startswith("device-"), "the device is known from now on")
        self.check(Browser(self.port).send("GET", "/training", cookie=held).status == 303,
                   "the session has ended")
        self.check(browser.send("POST", "/logout", {}).status == 303, "a second log-out")

    def without_store(self):
        """A file that SQLite cannot read any more is a failed store and never a log-out."""
        browser = Browser(self.port)
        browser.send("POST", "/login", USER)
        held = browser.cookie
        for file in pathlib.Path(self.directory.name).iterdir():
            os.replace(file, file.with_name("away-" + file.name))
        (pathlib.Path(self.directory.name) / "app.db").write_bytes(b"no database at all" * 99)
        answer = browser.send("POST", "/login", USER)
        self.check(answer.status == 503, f"a log-in without its store: {answer.status}")
        self.check(not answer.set and browser.cookie == held, "the cookie stays")
        self.check(answer.getheader("Location") is None, "nobody is sent to the log-in page")


if __name__ == "__main__":
    walk = Walk(os.path.abspath(sys.argv[1]))
    try:
        walk.run()
    finally:
        if walk.process.poll() is None:
            walk.process.kill()
    print(f"{walk.checks - len(walk.failures)}/{walk.checks} held")
    print("\n".join(walk.failures))
    sys.exit(1 if walk.failures else 0)
