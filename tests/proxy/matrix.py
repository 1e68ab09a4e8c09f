#!/usr/bin/env python3
"""Every case of forward authentication behind every proxy: matrix.py PROGRAM [--counts FILE]

The proxies are Debian's, and run with what docs/proxies/ tells people to copy.
"""
import itertools
import json
import pathlib
import shutil
import sqlite3
import sys
import tempfile
import time
import traceback

import pages
import replay
from site_parts import (PATIENCE, Application, Process, exchange, free_port, open_folder, send,
                        web_socket)

PROXIES = {"nginx": pages.nginx, "caddy": pages.caddy, "haproxy": pages.haproxy}
LOGIN = "https://auth.example.com/login"
NAVIGATION = [("Accept", "text/html"), ("Sec-Fetch-Mode", "navigate")]
OWN = ("Origin", "https://app.example.com")
FOREIGN = ("Origin", "https://evil.com")
TELLING = ["X-Session-Id", "X-Session-User", "X-Session-Username", "X-Session-Level",
           "X-Session-Auth-Time", "X-Session-Expires", "Remote-User", "Remote-Name",
           "X-Auth-Request-User", "X-Auth-Request-Preferred-Username"]
SILENT = ["X-Session-Tenant", "X-Session-Scope", "X-Session-Data", "X-Session-Jwt",
          "X-Session-Age", "Remote-Email", "Remote-Groups", "X-Auth-Request-Email",
          "X-Auth-Request-Groups"]


class Latchkey:
    """latchkey on a port that stays, so that the proxies find the next one, too."""

    def __init__(self, program, folder, port):
        self.program, self.folder, self.port = program, folder, port
        (folder / "latchkey.toml").write_text(pages.latchkey_config(port), encoding="utf-8")
        self.process = None

    def start(self, *flags, data="data"):
        self.stop()
        self.process = Process("latchkey", [self.program, "serve", "--config", "latchkey.toml",
                                            "--data", f"{self.folder}/{data}", *flags],
                               self.folder, self.port)

    def wait_until_ready(self):
        """A server with a store behind a network listens before it has the store."""
        until = time.monotonic() + PATIENCE
        while send(self.port, "GET", "/readyz", []).status != 200:
            assert time.monotonic() < until, "the server does not become ready"
            time.sleep(0.05)

    def stop(self):
        if self.process:
            self.process.stop()
        self.process = None

    def sign_up(self, name):
        body = json.dumps({"username": name, "password": "correct horse battery"}).encode()
        answer = send(self.port, "POST", "/v1/signup", [("Content-Type", "application/json")], body)
        assert answer.status == 201, answer.body
        return answer.get("Set-Cookie").split(";")[0], json.loads(answer.body)

    def age(self, session, to):
        """Moves the session's idle deadline, which is as good as waiting."""
        with sqlite3.connect(self.folder / "data" / "latchkey.db", timeout=PATIENCE) as store:
            changed = store.execute("UPDATE latchkey_sessions SET idle_expires_at=? WHERE id=?",
                                    (to, session)).rowcount
        store.close()
        assert changed == 1, "there is no such session"

    def deadline(self, session):
        with sqlite3.connect(self.folder / "data" / "latchkey.db", timeout=PATIENCE) as store:
            found = store.execute("SELECT idle_expires_at FROM latchkey_sessions WHERE id=?",
                                  (session,)).fetchone()[0]
        store.close()
        return found


class Case:
    """What a case works with: one proxy, a user who is logged in, and the application behind."""

    def __init__(self, proxy, latchkey, application):
        self.proxy, self.latchkey, self.application = proxy, latchkey, application
        self.name, self.cookie, self.known = proxy.name + "@example.com", proxy.cookie, proxy.known
        application.seen.clear()

    def user(self):
        return [("Cookie", self.cookie)]

    def send(self, headers, method="GET", target="/page?a=b", body=None):
        self.application.seen.clear()
        return send(self.proxy.port, method, target, headers, body)

    def allowed(self, headers, **more):
        answer = self.send(headers, **more)
        assert answer.status == 200, f"not allowed: {answer.status} {answer.body[:200]}"
        assert len(self.application.seen) == 1
        return answer, self.application.seen[0]

    def denied(self, headers, *statuses, **more):
        answer = self.send(headers, **more)
        assert answer.status in statuses, f"{answer.status} is not in {statuses}"
        assert self.application.seen == [], "it reached the application"
        return answer


def values(request, name):
    return [value for key, value in request["headers"] if key.lower() == name.lower()]


def allow(case):
    answer, seen = case.allowed(case.user())
    assert seen["target"] == "/page?a=b" and seen["method"] == "GET"
    assert answer.cookies() == [] and len(answer.all("Set-Cookie")) == 1, "only the application's"
    for method, size in [("POST", 3), ("PUT", 900_000), ("DELETE", 0), ("HEAD", None)]:
        body = None if size is None else b"x" * size
        _, seen = case.allowed(case.user() + [OWN], method=method, body=body)
        assert seen["method"] == method and seen["body"] == (size or 0), "the body is whole"
    broken = case.send(case.user(), target="/broken")
    assert broken.status == 500 and b"/broken" in broken.body, "the application's own 500"


def deny(case):
    for headers in [[], [("Cookie", case.cookie + "x")], [("Cookie", "theme=dark")],
                    [("Cookie", f"{case.cookie}; {case.cookie}")]]:
        answer = case.denied(headers, 401)
        assert answer.get("WWW-Authenticate"), "RFC 9110 wants it with a 401"
        assert answer.cookies() == []
        case.denied(headers + [OWN], 401, method="POST", body=b"x" * 100_000)
    for query in ["optional=1", "preflight=allow", "level=1", "redirect=never&optional=1"]:
        case.denied([], 401, target=f"/page?{query}")
    case.denied(case.user() + [FOREIGN], 403, method="POST", body=b"x")
    case.denied(case.user(), 401, target="/admin/users")
    case.denied(case.user(), 401, target="/%61dmin/users")
    for path in ["/public/../page", "/public/%2e%2e/page", "/public//page", "/public/;/page",
                 "/public/%252e%252e/page", "/public%2f..%2fpage", "/public/%00"]:
        case.denied([], 400, 403, target=path)
    _, seen = case.allowed([], target="/public/logo.svg")
    assert not any(values(seen, name) not in ([], [""]) for name in TELLING), "nobody is known"


def identity(case):
    _, seen = case.allowed(case.user())
    user = case.known["user"]
    expected = {"X-Session-User": user["id"], "X-Session-Username": case.name,
                "X-Session-Id": case.known["session"]["id"], "X-Session-Level": "aal1",
                "Remote-User": case.name, "X-Auth-Request-User": user["id"]}
    for name in TELLING:
        assert len(values(seen, name)) == 1 and values(seen, name)[0], f"{name} is missing"
    for name, value in expected.items():
        assert values(seen, name) == [value], f"{name}: {values(seen, name)}"
    for name in SILENT:
        assert values(seen, name) in ([], [""]), f"{name}: {values(seen, name)}"


def spellings(name):
    """The spellings that some application takes for `name`."""
    words = name.split("-")
    yield from (name, name.lower(), name.upper(), name.title().swapcase())
    for marks in itertools.product("-_.", repeat=len(words) - 1):
        mixed = words[0] + "".join(mark + word for mark, word in zip(marks, words[1:]))
        yield from (mixed, mixed.lower(), mixed.upper())


def forged(case):
    """No forged identity reaches the application, in whatever spelling, beside a session or not."""
    more = ["Remote-User", "X-Auth-Request-User"] + case.proxy.also_deleted
    for name in TELLING[:4] + SILENT + more:
        lines = [(spelling, "admin") for spelling in sorted(set(spellings(name)))]
        for headers in [lines[i:i + 40] for i in range(0, len(lines), 40)]:
            case.denied(headers, 401)
            allowed = case.send(case.user() + headers)
            assert allowed.status in (200, 400), f"{name}: {allowed.status}"
            for seen in case.application.seen:
                for key, value in seen["headers"]:
                    assert "admin" not in value, f"{key}: {value}"
    for name in ["X-Original-URL", "X-Forwarded-Uri", "X-Original-URI", "X-Rewrite-Url"]:
        for value in ["/public/x", "https://app.example.com/public/x"]:
            case.denied([(name, value)], 401)
    case.denied([("X-Forwarded-Host", "evil.com"), ("X-Forwarded-Method", "OPTIONS")], 401)
    # Hop-by-hop headers that are named strip nothing of ours.
    for names in ["X-Session-User, Remote-User", "Cookie", "X-Forwarded-Uri, X-Original-URL"]:
        answer = case.send(case.user() + [("Connection", names), ("X-Session-User", "admin")])
        for seen in case.application.seen:
            assert values(seen, "X-Session-User") == [case.known["user"]["id"]], f"{names}: {seen}"
        assert answer.status in (200, 400, 401)
    # nor does what a client says about itself.
    case.denied([("User-Agent", "kube-probe/1.30")], 401, target="/livez")


def disagreeing_hosts(case):
    """What decides is the host that the proxy serves, whichever others a request names."""
    cookie = f"Cookie: {case.cookie}\r\n"
    app, other = "app.example.com", "open.example.com"
    shapes = {
        "absolute target": f"GET http://{app}/page HTTP/1.1\r\nHost: {other}\r\n",
        "absolute target of the other": f"GET http://{other}/page HTTP/1.1\r\nHost: {app}\r\n",
        "absolute target in HTTP/1.0": f"GET http://{app}/page HTTP/1.0\r\nHost: {other}\r\n",
        "absolute target alone": f"GET http://{app}/page HTTP/1.0\r\n",
        "two hosts": f"GET /page HTTP/1.1\r\nHost: {app}\r\nHost: {other}\r\n",
        "two hosts, the other first": f"GET /page HTTP/1.1\r\nHost: {other}\r\nHost: {app}\r\n",
        "a list": f"GET /page HTTP/1.1\r\nHost: {app}, {other}\r\n",
        "a user": f"GET /page HTTP/1.1\r\nHost: {app}@{other}\r\n",
        "a port that is none": f"GET /page HTTP/1.1\r\nHost: {app}:@{other}\r\n",
        "a dot at the end": f"GET /page HTTP/1.1\r\nHost: {app}.\r\n",
        "capitals": f"GET /page HTTP/1.1\r\nHost: {app.upper()}\r\n",
        "a folded line": f"GET /page HTTP/1.1\r\nHost:\r\n {app}\r\n",
        "no host": "GET /page HTTP/1.0\r\n",
        "the other host": f"GET /page HTTP/1.1\r\nHost: {other}\r\n",
        "forwarded": f"GET /page HTTP/1.1\r\nHost: {app}\r\nX-Forwarded-Host: {other}\r\n"
                     f"X-Original-URL: https://{other}/page\r\nForwarded: host={other}\r\n",
    }
    for name, head in shapes.items():
        case.application.seen.clear()
        exchange(case.proxy.port, f"{head}Connection: close\r\n\r\n")
        assert case.application.seen == [], f"{name}: nobody's request reached the application"
        # Whoever has a session stays below the level that the path needs.
        exchange(case.proxy.port,
                 f"{head.replace('/page', '/admin/a')}{cookie}Connection: close\r\n\r\n")
        assert case.application.seen == [], f"{name}: the rule for {app} did not count"


def refreshed_cookie(case):
    session = case.known["session"]["id"]
    case.latchkey.age(session, int(time.time() * 1000) + 600_000)
    answer, _ = case.allowed(case.user())
    assert len(answer.cookies()) == 1, f"no new cookie: {answer.lines}"
    assert answer.cookies()[0].startswith(case.cookie.split("=")[0] + "=")
    assert "Domain=example.com" in answer.cookies()[0]
    assert "theme=dark" in "".join(answer.all("Set-Cookie")), "the application's own is there, too"
    identity_headers = case.application.seen[0]
    assert values(identity_headers, "X-Session-Username") == [case.name]


def busy_user(case):
    """What a user does behind the proxy moves the idle deadline."""
    session = case.known["session"]["id"]
    for _ in range(2):
        soon = int(time.time() * 1000) + 600_000
        case.latchkey.age(session, soon)
        case.allowed(case.user())
        until = time.monotonic() + PATIENCE
        while case.latchkey.deadline(session) <= soon:  # touches are written in groups
            assert time.monotonic() < until, "a busy user is logged out"
            time.sleep(0.05)


def redirect(case):
    way_back = "?next=https%3A//app.example.com/page%3Fa%3Db"
    answer = case.denied(NAVIGATION, 302)
    assert answer.get("Location") == LOGIN + way_back, answer.get("Location")
    assert answer.cookies() == []
    answer = case.denied(NAVIGATION + [OWN], 302, 303, method="POST", body=b"a=b")
    assert answer.get("Location") == LOGIN
    for script in [[("Accept", "application/json")], [("Accept", "text/html"),
                                                      ("X-Requested-With", "XMLHttpRequest")]]:
        assert case.denied(script, 401).get("Location") is None
    answer = case.denied(NAVIGATION + [("X-Forwarded-Host", "evil.com"),
                                       ("X-Original-URL", "https://evil.com/")], 302)
    assert answer.get("Location") == LOGIN + way_back
    page = send(case.proxy.port, "GET", "/login" + way_back, NAVIGATION, host="auth.example.com")
    assert page.status == 200 and b"app.example.com/page?a=b" in page.body
    policy = page.get("Content-Security-Policy")
    assert "form-action 'self' https://example.com:* https://*.example.com:*;" in policy, policy
    hidden = send(case.proxy.port, "GET", "/v1/verify/forward", case.user(),
                  host="auth.example.com")
    assert hidden.status == 404, "only the proxy asks"


def preflight(case):
    asking = [FOREIGN, ("Access-Control-Request-Method", "PUT"), ("Accept", "*/*")]
    answer = case.denied(asking, 401, method="OPTIONS")
    assert answer.get("Location") is None


def upgrade(case):
    status, echo = web_socket(case.proxy.port, case.user() + [OWN])
    assert (status, echo) == (101, b"PING"), (status, echo)
    assert values(case.application.seen[0], "X-Session-Username") == [case.name]
    case.application.seen.clear()
    assert web_socket(case.proxy.port, [OWN])[0] == 401
    assert web_socket(case.proxy.port, case.user() + [FOREIGN])[0] == 403
    assert case.application.seen == []


def large_cookies(case):
    for size, statuses in [(7000, (200,)), (100_000, (400, 431))]:
        crumbs = "; ".join(f"c{i}={'x' * 90}" for i in range(size // 100))
        answer = case.send([("Cookie", f"{crumbs}; {case.cookie}")])
        assert answer.status in statuses, f"{size}: {answer.status}"
        assert len(case.application.seen) == (1 if 200 in statuses else 0)
    case.allowed(case.user())


def store_down(case):
    for headers in [case.user(), case.user() + NAVIGATION]:
        answer = case.denied(headers, 503)
        assert answer.cookies() == [] and answer.get("Location") is None
        assert answer.get("Retry-After")


def server_down(case):
    for headers in [case.user() + NAVIGATION, [("X-Session-User", "admin")]]:
        answer = case.denied(headers, 502, 503)
        assert answer.cookies() == [] and answer.get("Location") is None


def store_gone(case):
    """With verify.on_store_error = stale a copy answers, and the application sees it."""
    _, seen = case.allowed(case.user())
    assert values(seen, "X-Session-Age")[0], "how old the answer is"
    assert values(seen, "X-Session-Username") == [case.name]
    for headers in [[], [("Cookie", case.cookie + "x")], [("X-Session-User", "admin")]]:
        case.denied(headers, 401)
    case.denied(case.user() + [FOREIGN], 403, method="POST", body=b"x")


def base_path(latchkey):
    """The pages, their addresses and the API are below a path of the application's own host."""
    def ask(method, target, headers=(), body=None):
        return send(latchkey.port, method, target, list(headers), body)

    public = "https://app.example.com"
    latchkey.start("--public-url", public + "/auth", "--set", "cookie.domain=")
    page = ask("GET", "/auth/login?next=/page", NAVIGATION)
    assert page.status == 200 and b'action="/auth/login"' in page.body
    style = page.body.split(b'stylesheet" href="')[1].split(b'"')[0].decode()
    assert style.startswith("/auth/assets/") and ask("GET", style).status == 200
    form = [("Origin", public), ("Content-Type", "application/x-www-form-urlencoded")]
    name = b"username=based&password=correct+horse+battery"
    entered = ask("POST", "/auth/signup", form, name + b"&next=/page")
    assert entered.get("Location") == public + "/page", entered.get("Location")
    cookie = entered.get("Set-Cookie").split(";")[0]
    assert cookie.startswith("__Host-session=") and "Path=/;" in entered.get("Set-Cookie")
    assert ask("POST", "/auth/login", form, name).get("Location") == "/auth/training"
    assert ask("GET", "/auth/sessions", NAVIGATION).get("Location") == (
        "/auth/login?next=/auth/sessions")
    assert ask("GET", "/auth/missing").status == 404
    told = [("X-Forwarded-Host", "app.example.com"), ("X-Forwarded-Uri", "/page")]
    for prefix in ["/auth", ""]:
        verify = prefix + "/v1/verify/forward"
        assert ask("GET", verify, [("Cookie", cookie)] + told).status == 200
        assert ask("GET", verify, NAVIGATION + told).get("Location") == (
            public + "/auth/login?next=/page")


def one_host(latchkey, proxy, application):
    """Log-in pages and application on one host, behind nginx: only the pages go unasked."""
    def ask(target, headers=(), method="GET", body=None):
        application.seen.clear()
        return send(proxy.port, method, target, list(headers), body)

    public = "https://app.example.com"
    latchkey.start("--public-url", public + "/auth", "--set", "cookie.domain=")
    to_log_in = ask("/page?a=b", NAVIGATION)
    assert to_log_in.status == 302 and application.seen == []
    assert to_log_in.get("Location") == public + "/auth/login?next=/page%3Fa%3Db"
    for target in ["/page", "/authentic", "/auth/../page", "/auth/%2e%2e/page",
                   "/auth/v1/verify", "/auth/v1/verify/nginx", "/auth//v1/verify/forward",
                   "/auth/./v1/verify/forward", "/auth/%76erify", "/x/../auth/../page"]:
        forged = [("X-Original-URL", public + "/public/a"), ("X-Forwarded-Uri", "/public/a")]
        answer = ask(target, forged)
        assert answer.status in (400, 401, 403, 404), f"{target}: {answer.status}"
        assert application.seen == [], target
    form = [("Origin", public), ("Content-Type", "application/x-www-form-urlencoded")]
    name = b"username=onehost&password=correct+horse+battery&next=/page"
    entered = ask("/auth/signup", form, "POST", name)
    assert entered.status == 303 and entered.get("Location") == public + "/page", entered.lines
    cookie = entered.get("Set-Cookie").split(";")[0]
    assert ask("/page", [("Cookie", cookie)]).status == 200
    assert values(application.seen[0], "X-Session-Username") == ["onehost"]


CASES = [allow, deny, identity, forged, disagreeing_hosts, refreshed_cookie, busy_user, redirect,
         preflight, upgrade, large_cookies]
# Those of docs/proxies/README.md, and one of a host that no proxy here serves.
RULES = ("verify.rules=app.example.com/public/* public, app.example.com/admin/* level2, "
         "open.example.com/* public")


class Matrix:
    def __init__(self, program, folder):
        self.passed = self.failed = 0
        self.folder = folder
        self.application = Application()
        self.latchkey = Latchkey(program, open_folder(folder / "latchkey"), free_port())
        self.proxies = []

    def run(self):
        # Nothing is kept, so that what a case changes in the store is seen at once.
        self.latchkey.start("--set", "cache.enabled=false", "--set", "session.renew_cookie=true",
                            "--set", "session.idle=1h", "--set", RULES)
        for name, configure in PROXIES.items():
            folder, port = open_folder(self.folder / name), free_port()
            command = configure(folder, port, self.latchkey.port, self.application.port)
            proxy = Process(name, command, folder, port)
            # nginx cannot delete what it was not told by name.
            proxy.also_deleted = [] if name == "nginx" else ["X-Session-Other"]
            proxy.cookie, proxy.known = self.latchkey.sign_up(name + "@example.com")
            self.proxies.append(proxy)
        self.run_cases(CASES)
        self.run_replays()
        self.latchkey.start("--store", "redis://127.0.0.1:1/")
        self.run_cases([store_down])
        self.run_outage()
        self.latchkey.stop()
        self.run_cases([server_down])
        self.count("base path", lambda: base_path(self.latchkey))
        self.run_one_host()

    def run_one_host(self):
        folder, port = open_folder(self.folder / "one_host"), free_port()
        command = pages.nginx_of_one_host(folder, port, self.latchkey.port, self.application.port)
        proxy = Process("nginx", command, folder, port)
        self.proxies.append(proxy)
        self.count("nginx, one host", lambda: one_host(self.latchkey, proxy, self.application))

    def run_outage(self):
        """A store that is there when users log in, and gone when the proxies ask."""
        folder, port = open_folder(self.folder / "redis"), free_port()
        store = Process("redis", ["redis-server", "--port", str(port), "--save", ""], folder, port)
        try:
            self.latchkey.start("--store", f"redis://127.0.0.1:{port}/", "--set",
                                "verify.on_store_error=stale", "--set", "cache.max_age=1ms",
                                data="outage")
            self.latchkey.wait_until_ready()
            for proxy in self.proxies:
                proxy.cookie, proxy.known = self.latchkey.sign_up(proxy.name + "@example.com")
                send(self.latchkey.port, "GET", "/v1/verify", [("Cookie", proxy.cookie)])
        finally:
            store.stop()
        self.run_cases([store_gone])

    def run_cases(self, cases):
        for proxy, case in itertools.product(self.proxies, cases):
            self.count(f"{proxy.name} {case.__name__}",
                       lambda: case(Case(proxy, self.latchkey, self.application)))

    def run_replays(self):
        """The requests of proxies that are not run here."""
        cookie, known = self.latchkey.sign_up("replayed@example.com")
        for name, check in replay.CHECKS.items():
            self.count(f"replay {name}", lambda: check(self.latchkey.port, cookie, known))

    def count(self, name, check):
        start = time.monotonic()
        try:
            check()
            self.passed += 1
            print(f"{time.monotonic() - start:6.2f} s  {name}")
        except Exception:  # also a connection that breaks fails the case alone
            self.failed += 1
            print(f"FAILED {name}")
            traceback.print_exc(file=sys.stdout)

    def stop(self):
        for process in [*self.proxies, self.latchkey, self.application]:
            process.stop()


def main():
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder).chmod(0o755)
        # An ordinary user may not get where it was built.
        program = shutil.copy2(sys.argv[1], pathlib.Path(folder) / "program")
        matrix = Matrix(program, pathlib.Path(folder))
        try:
            matrix.run()
        finally:
            matrix.stop()
    print(f"{matrix.passed} passed, {matrix.failed} failed")
    if "--counts" in sys.argv:
        with open(sys.argv[sys.argv.index("--counts") + 1], "a", encoding="utf-8") as counts:
            counts.write(f"{matrix.passed} {matrix.failed}\n")
    return 1 if matrix.failed else 0


if __name__ == "__main__":
    sys.exit(main())
