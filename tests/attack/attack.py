#!/usr/bin/env python3
"""Attacks a running server: attack.py PROGRAM [--counts FILE].

After each attack the server is alive, every case has one outcome, and none is a 5xx other than 501
and 505, which HTTP has for methods and versions not spoken. LATCHKEY_FULL=1: a million mutated
requests in the place of ten thousand."""
import json
import os
import random
import socket
import sys
import threading
import traceback

import paths
import smuggling
from client import JSON, PATIENCE, Server, Answer, connect, exchange, get, request, rest
from dialects import test_verify_dialects  # main() finds it by its name

PASSWORD = "correct horse battery staple"
PROTOCOL = {501, 505}


def sign_up(server, name):
    body = json.dumps({"username": name, "password": PASSWORD}).encode()
    answer = exchange(server.port, request("POST", "/v1/signup", [JSON], body))
    assert answer.status == 201, answer.raw
    return answer.header("Set-Cookie").partition(";")[0]


def who(server, *fields):
    """The status of GET /v1/session with these fields."""
    return exchange(server.port, get("/v1/session", fields)).status


def one_class(name, answers, expected):
    assert answers.statuses == expected, f"{name}: {answers.statuses}, not {expected}"
    assert answers.ended, f"{name}: the connection stays open"


# The second request of each is answered only where the first one leaves no doubt about its end.
def test_smuggling(server, _cookie):
    for name, data in smuggling.REFUSED.items():
        one_class(name, exchange(server.port, data + smuggling.SECOND, finish=False), [400])
    for name, (status, data) in smuggling.REFUSED_OTHERWISE.items():
        one_class(name, exchange(server.port, data + smuggling.SECOND, finish=False), [status])
    for name, data in smuggling.ANSWERED.items():
        first = 200 if b"/livez" in data else 204
        one_class(name, exchange(server.port, data + smuggling.SECOND), [first, 401])


def verify(server, dialect, path, *fields):
    if dialect == "nginx":
        asked = [
            ("X-Original-URL", f"http://localhost:{server.port}{path}"),
            ("X-Original-Method", "GET"),
        ]
    else:
        asked = [
            ("X-Forwarded-Uri", path),
            ("X-Forwarded-Method", "GET"),
            ("X-Forwarded-Proto", "http"),
            ("X-Forwarded-Host", f"localhost:{server.port}"),
        ]
    return exchange(server.port, get(f"/v1/verify/{dialect}", [*asked, *fields]))


def test_path_confusion(server, cookie):
    """R129"""
    for dialect, refused in (("nginx", 403), ("forward", 400)):
        for path in paths.CONFUSING:
            for fields in ([], [("Cookie", cookie)]):
                answer = verify(server, dialect, path, *fields)
                assert answer.status == refused, f"{dialect} {path}: {answer.status}"
        for path in paths.NEVER_PUBLIC:
            assert verify(server, dialect, path).status in (401, refused), path
        for path in paths.PUBLIC:
            assert verify(server, dialect, path).status == 200, path
    for path in paths.OWN:
        answer = exchange(server.port, get(path, [("Cookie", cookie)]))
        assert answer.status in (400, 404), f"{path}: {answer.status}"
        assert b"Only for people" not in answer.body and b'"session":' not in answer.body, path


def test_header_spoofing(server, cookie):
    """R126, R131: what a client says of itself and of a proxy decides nothing."""
    forged = [
        (name, "mallory")
        for name in (
            "X-Session-User",
            "X-Session-Username",
            "X-Session-Id",
            "X-Session-Level",
            "Remote-User",
            "Remote-Name",
            "X-Auth-Request-User",
            "X-Forwarded-User",
            "X_Session_User",
            "x-session-user",
            "Authorization",
        )
    ]
    assert who(server, *forged) == 401
    answer = verify(server, "nginx", "/public/a", *forged)
    assert answer.status == 200 and b"mallory" not in answer.raw, answer.raw
    answer = verify(server, "nginx", "/admin", ("Cookie", cookie), *forged)
    assert b"mallory" not in answer.raw
    for field in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        assert who(server, ("Cookie", cookie), (field, "DELETE")) == 200
    for field in ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Uri", "X-Forwarded-Prefix"):
        assert exchange(server.port, get("/livez", [(field, "/training")])).body == b"alive\n"
    for field in (
        "X-Forwarded-For",
        "X-Real-IP",
        "Forwarded",
        "True-Client-IP",
        "CF-Connecting-IP",
        "Client-IP",
    ):
        assert (
            who(
                server,
                ("Cookie", cookie),
                (field, "for=203.0.113.9" if field == "Forwarded" else "203.0.113.9"),
            )
            == 200
        )
    answer = exchange(
        server.port, get("/v1/sessions", [("Cookie", cookie), ("X-Forwarded-For", "203.0.113.9")])
    )
    assert b"203.0.113.9" not in answer.raw and b"127.0.0.1" in answer.raw


def test_host(server, _cookie):
    """R140"""
    for host in (
        "evil.example",
        "evil.example:80",
        "localhost.evil.example",
        "[::1]",
        "xn--a",
        "localhost:1",
        "127.0.0.1",
        "a" * 255,
    ):
        for path in ("/training", "/login", "/", "/sessions"):
            answer = exchange(
                server.port, get(path, [("X-Forwarded-Host", "evil.example")], host=host)
            )
            assert answer.status in (200, 303), f"{host} {path}: {answer.status}"
            where = answer.header("Location") or "/"
            assert (
                where.startswith("/") and not where.startswith("//") and "evil" not in where
            ), where
            for part in (b'href="http://evil', b'href="//', b'action="http', b'src="http'):
                assert part not in answer.body, f"{host} {path}"
            assert "evil" not in (answer.header("Set-Cookie") or "")


def test_cookie_tricks(server, cookie):
    """R40 to R43"""
    name, _, value = cookie.partition("=")
    assert who(server, ("Cookie", cookie)) == 200
    # R40: several lines are one, in any place.
    for place in range(5):
        lines = [("Cookie", f"a{i}=b") for i in range(4)]
        lines.insert(place, ("Cookie", cookie))
        assert who(server, *lines) == 200
    assert who(server, ("Cookie", f"a=b;{cookie};c=d")) == 200
    # R41: twice is nobody, whatever the order and whichever is right.
    for twice in (f"{cookie}; {name}=evil", f"{name}=evil; {cookie}", f"{cookie}; {cookie}"):
        assert who(server, ("Cookie", twice)) == 401, twice
    assert who(server, ("Cookie", cookie), ("Cookie", cookie)) == 401
    # R42: what only looks like the name is another one: it neither opens the session nor hides it.
    alike = [
        f"\xe2\x80\x80{name}",
        name.upper(),
        name.replace("s", "%73", 1),
        f"{name}\xa0",
        f"$Version=1; ${name}",
        f"a,{name}",
        f"__Host-{name}",
        f"__Secure-{name}",
        f"x{name}",
    ]
    for other in alike:
        assert who(server, ("Cookie", f"{other}={value}")) == 401, other
        assert who(server, ("Cookie", f"{other}=evil; {cookie}")) == 200, other
    # A cookie without a name is not ours.
    assert who(server, ("Cookie", f"={cookie}")) == 401
    # Nothing is unquoted, decoded or split, so the session's text in another value stays there. One
    # header may not open a quote that hides what follows.
    for sandwich in (f'a="x; {name}=evil"', f'a="x; {name}=evil; b="'):
        assert who(server, ("Cookie", f"{sandwich}; {cookie}")) == 401, sandwich
    for broken in (
        f'"{value}"',
        value + " x",
        value + ",",
        value[:-1],
        value + "A",
        value.swapcase(),
        "",
        "%" + value,
        value.replace("_", "%5f", 1) if "_" in value else value + "%20",
        "\xff" * 40,
        "A" * 4000,
    ):
        assert who(server, ("Cookie", f"{name}={broken}")) == 401, broken
    # R43: too many are refused, and the next request is as before.
    bomb = [("Cookie", f"c{i}=" + "x" * 4000) for i in range(180)]
    assert exchange(server.port, get("/v1/session", bomb)).status == 431
    assert who(server, ("Cookie", cookie)) == 200


def slow_head(connection):
    connection.sendall(b"GET /livez HTTP/1.1\r\nHost: ")
    return rest(connection)


def slow_body(connection):
    connection.sendall(
        b"POST /v1/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        b"Content-Length: 100\r\n\r\n{"
    )
    return rest(connection)


def slow_between(connection):
    connection.sendall(get("/livez"))
    return rest(connection)


def slow_reader(connection):
    """Asks for much and takes nothing of it."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(PATIENCE)
    try:
        while True:
            connection.sendall(get("/latchkey.js") * 50)
    except ConnectionError:
        return Answer(b"", True)
    except socket.timeout:
        return Answer(b"", False)


SLOW = {slow_head: [408], slow_body: [408], slow_between: [200], slow_reader: []}


def test_slow_clients(server, _cookie):
    """R144: each of the four is ended by its deadline, and a quick client is served meanwhile."""
    impatient = Server(server.program, *SHORT)
    try:
        beset(impatient)
    finally:
        impatient.stop()


def beset(server):
    ended = {}

    def run(mode, number):
        with connect(server.port) as connection:
            ended[mode, number] = mode(connection)

    threads = [
        threading.Thread(target=run, args=(mode, number)) for mode in SLOW for number in range(8)
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert who(server) == 401
    for thread in threads:
        thread.join()
    for (mode, _number), answer in ended.items():
        one_class(mode.__name__, answer, SLOW[mode])
    assert len(ended) == len(threads)


PIECES = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b":",
    b";",
    b"=",
    b"%00",
    b"\xff",
    b"..",
    b"HTTP/1.1",
    b"\x00",
    b"//",
    b"Content-Length: 5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Cookie: a=b\r\n",
    b"Host: b\r\n",
]


def mutated(data, draw):
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(data) + 1)
        match draw.randrange(6):
            case 0:
                data = data[:at] + bytes([draw.randrange(256)]) + data[at + 1 :]
            case 1:
                data = data[:at] + data[at + draw.randint(1, 8) :]
            case 2:
                data = data[:at] + draw.choice(PIECES) + data[at:]
            case 3:
                start = draw.randrange(len(data) + 1)
                data = data[:at] + data[start : start + draw.randrange(40)] + data[at:]
            case 4:
                data = data[:at]
            case _:
                data = data[:at] + bytes([draw.randrange(256)]) * draw.randrange(300) + data[at:]
    return data


def seeds(cookie):
    session = ("Cookie", cookie)
    found = [data for data in smuggling.ANSWERED.values()]
    found += [
        get(path, [session])
        for path in (
            "/",
            "/training",
            "/sessions?after=x",
            "/login?next=%2Fa",
            "/v1/sessions",
            "/v1/session/status",
            "/latchkey.js?v=x",
            "/readyz",
            "/nothing",
        )
    ]
    found.append(
        get(
            "/v1/verify/forward",
            [
                ("X-Forwarded-Uri", "/public/a?b=c"),
                ("X-Forwarded-Method", "POST"),
                ("X-Forwarded-Host", "localhost"),
                ("X-Forwarded-Proto", "http"),
            ],
        )
    )
    found.append(
        get("/v1/verify/nginx?level=2", [("X-Original-URL", "http://localhost/admin"), session])
    )
    found.append(request("POST", "/v1/login", [JSON], b'{"username":"","password":"x"}'))
    found.append(
        request(
            "POST",
            "/logout",
            [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", "http://localhost")],
            b"a=b&c=%zz",
        )
    )
    return found


def test_mutated_requests(server, cookie):
    """R153"""
    count = 1_000_000 if os.environ.get("LATCHKEY_FULL") else 10_000
    seen, lock, workers = {}, threading.Lock(), 4

    def run(worker):
        draw, statuses = random.Random(worker), {}
        texts = seeds(cookie)
        for _ in range(count // workers):
            data = mutated(draw.choice(texts), draw)
            for status in exchange(server.port, data).statuses:
                statuses.setdefault(status, data)
        with lock:
            for status, data in statuses.items():
                seen.setdefault(status, data)

    threads = [threading.Thread(target=run, args=(worker,)) for worker in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 400 in seen and 200 in seen, sorted(seen)
    wrong = {
        status: data for status, data in seen.items() if status >= 500 and status not in PROTOCOL
    }
    assert not wrong, wrong


RULES = "verify.rules=/public/* public, /admin/* level2"
# For the slow clients alone: with short deadlines a machine that stalls is a slow client, too.
SHORT = [f"timeouts.{name}=5s" for name in ("header", "body", "idle", "write")]


def main():
    program = sys.argv[1]
    only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else ""
    passed = failed = 0
    tests = [call for name, call in globals().items() if name.startswith("test_") and only in name]
    server = Server(program, RULES)
    try:
        cookie = sign_up(server, "ada@example.com")
        for test in tests:
            try:
                test(server, cookie)
                assert server.alive(), "the server is gone"
                passed += 1
                print(f"ok {test.__name__}")
            except (AssertionError, OSError):
                failed += 1
                print(f"not ok {test.__name__}")
                traceback.print_exc()
        assert '"event":"internal_error"' not in server.text(), server.text()
    finally:
        server.stop()
    if "--counts" in sys.argv:
        with open(sys.argv[sys.argv.index("--counts") + 1], "a", encoding="utf-8") as counts:
            counts.write(f"{passed} {failed}\n")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
