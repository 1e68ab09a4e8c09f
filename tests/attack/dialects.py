"""Requests that proxies would send for a client who lies about where they go (R126, R129 to R132).

Whatever is sent twice, spelt otherwise or left out: a path that needs a session, or a level, is
never allowed without it, nginx gets only statuses that it understands, and nothing is a 5xx."""
import itertools
import os
import random
import re

from client import exchange, request

PUBLIC, ADMIN = "/public/a", "/admin/a"
FORWARDED = ("X-Forwarded-Method", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Uri")
FOR_NGINX = {200, 401, 403}


def told(dialect, path, host="localhost", method="GET"):
    """What a proxy of this dialect says, as target and headers."""
    if dialect == "nginx":
        return "/v1/verify/nginx", [("X-Original-URL", f"http://{host}{path}"),
                                    ("X-Original-Method", method)]
    if dialect == "forward":
        return "/v1/verify/forward", list(zip(FORWARDED, (method, "http", host, path)))
    return f"/v1/verify/envoy{path}", [("X-Forwarded-Proto", "http")]


def ask(server, target, fields, method="GET", version="1.1", body=b""):
    text = request(method, target, fields, body)
    return exchange(server.port, text.replace(b"HTTP/1.1", b"HTTP/" + version.encode(), 1))


def spellings(name):
    words = name.split("-")
    for mark in "-_.":
        yield from (mark.join(words), mark.join(words).upper(), mark.join(words).lower())


def never_allowed(server, dialect, why, answer, cookie):
    assert 200 not in answer.statuses, f"{dialect}: {why} was allowed, cookie: {cookie}"
    assert all(status < 500 or status in (501, 505) for status in answer.statuses), (
        f"{dialect}: {why}: {answer.statuses}")
    if dialect == "nginx" and why != "broken HTTP":
        assert set(answer.statuses) <= FOR_NGINX, f"{why}: {answer.statuses}"


def doubled(server, cookies):
    """A header that decides comes once, or the request is refused, in whatever spelling and order
    the public path stands beside the protected one."""
    for dialect, name in (("nginx", "X-Original-URL"), ("forward", "X-Forwarded-Uri")):
        target, fields = told(dialect, ADMIN)
        public = dict(told(dialect, PUBLIC)[1])[name]
        for spelling, cookie in itertools.product(spellings(name), cookies):
            forged = (spelling, public)
            for lines in ([forged, *fields], [*fields, forged], [forged, *fields, forged]):
                answer = ask(server, target, [*lines, *cookie])
                never_allowed(server, dialect, f"{spelling} twice", answer, cookie)
        value = dict(fields)[name]
        for joined in (f"{public}, {value}", f"{value}, {public}", f"{public} {value}",
                       f"{public}\t{value}", f"{public}#{value}", f"<{public}>", f'"{public}"'):
            lines = [(key, joined if key == name else old) for key, old in fields]
            for cookie in cookies:
                never_allowed(server, dialect, joined, ask(server, target, [*lines, *cookie]),
                              cookie)
    # Each dialect is deaf for what the others say.
    for dialect, other in itertools.permutations(("nginx", "forward", "envoy"), 2):
        target, fields = told(dialect, ADMIN)
        for cookie in cookies:
            answer = ask(server, target, [*told(other, PUBLIC)[1], *fields, *cookie])
            never_allowed(server, dialect, f"headers of {other}", answer, cookie)


def left_out(server, cookies):
    """Without what the rules decide by, nobody gets through: each subset of the headers."""
    for dialect in ("nginx", "forward"):
        target, fields = told(dialect, ADMIN)
        for keep in itertools.product((True, False), repeat=len(fields)):
            lines = [field for field, kept in zip(fields, keep) if kept]
            for cookie in cookies:
                never_allowed(server, dialect, f"only {[name for name, _ in lines]}",
                              ask(server, target, [*lines, *cookie]), cookie)


# Our own path in spellings that a proxy could take for it.
OTHER_PATHS = ["/v1/verify/", "/v1/verify/nginx/", "/v1//verify/nginx", "/v1/./verify/nginx",
               "/v1/verify/NGINX", "/V1/verify/nginx", "/v1/verify/nginx;a", "/v1/verify/ngin%78",
               "/v1/verify/nginx%2f", "/v1/verify/envoyer", "/v1/verify/envoy%2fpublic/a",
               "/v1/verify/envoy/../nginx", "/v1/verify/envoy/../../session",
               "/v1/verify/envoy//admin/a", "/v1/verify/envoy/public/../admin/a",
               "/v1/verify/envoy/%2e%2e/admin", "/v1/verify/envoy*", "/v1/verify/envoy;/public/a"]


def other_paths(server, cookies):
    for path, cookie in itertools.product(OTHER_PATHS, cookies):
        for dialect in ("nginx", "forward"):
            answer = ask(server, path, [*told(dialect, PUBLIC)[1], *cookie])
            assert answer.status in (400, 401, 403, 404), f"{path}: {answer.status}"


DEMANDS = ["optional=1&optional=1", "optional=1&optional=0", "OPTIONAL=1", "optional=true",
           "optional=1%00", "optional=1;a", "optional", "optional=", "level=0", "level=4",
           "level=-1", "level=01", "level=aal", "level=2&level=1", "max_auth_age=0",
           "max_auth_age=-1", "max_auth_age=1e9", "max_auth_age=99999999999999999999",
           "redirect=always", "preflight=yes", "fresh=2", "unknown=1", "=1", "%zz=1",
           "a=" + "b" * 6000]


def demands(server, cookies):
    """A query that is not understood refuses everybody."""
    for query, dialect in itertools.product(DEMANDS, ("nginx", "forward", "own")):
        target, fields = ("/v1/verify", []) if dialect == "own" else told(dialect, "/page")
        for cookie in cookies:
            never_allowed(server, dialect, query,
                          ask(server, f"{target}?{query}", [*fields, *cookie]), cookie)


def bodies(server, cookies):
    """What a client declares of its body changes no answer, and is never awaited."""
    announced = [("Content-Length", "5"), ("Content-Length", "99999999999"),
                 ("Transfer-Encoding", "chunked"), ("Content-Length", "0")]
    for dialect, line in itertools.product(("nginx", "forward", "envoy", "own"), announced):
        target, fields = ("/v1/verify", []) if dialect == "own" else told(dialect, "/page")
        for cookie, expected in zip(cookies, (401, 200)):
            for more in ([], [("Expect", "100-continue")]):
                text = request("POST", target, [*fields, *cookie, *more, line])
                answer = exchange(server.port, text, finish=line[1] == "0")
                assert answer.statuses == [expected], f"{dialect} {line}: {answer.statuses}"
                assert answer.ended
            both = [*fields, *cookie, ("Content-Length", "5"), ("Transfer-Encoding", "chunked")]
            answer = exchange(server.port, request("POST", target, both), finish=False)
            assert answer.statuses == [400] and answer.ended, "R141 holds there, too"


SOCKETS = [[("Upgrade", "websocket")], [("Upgrade", "WebSocket")], [("Upgrade", "h2c, websocket")],
           [("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")], [("Sec-WebSocket-Version", "13")],
           [("Upgrade", "h2c"), ("sec-websocket-version", "13")]]
FOREIGN = [[("Origin", "https://evil.example")], [("Origin", "null")], [],
           [("Origin", "http://localhost.evil.example")], [("Sec-Fetch-Site", "same-site")],
           [("Sec-Fetch-Site", "cross-site")]]


def sockets(server, cookies):
    """A web socket that a foreign page opens gets no session, whoever asks about it."""
    for dialect, socket, foreign in itertools.product(("nginx", "forward", "envoy", "own"), SOCKETS,
                                                      FOREIGN):
        target, fields = ("/v1/verify", []) if dialect == "own" else told(dialect, "/page")
        for cookie in cookies:
            answer = ask(server, target, [*fields, *socket, *foreign, *cookie])
            never_allowed(server, dialect, f"{socket} {foreign}", answer, cookie)


def preflights(server, cookies):
    """Denied, never sent anywhere, and no way round the rules."""
    asks = [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "PUT"),
            ("Accept", "text/html"), ("Sec-Fetch-Mode", "navigate")]
    for dialect in ("nginx", "forward", "envoy"):
        target, fields = told(dialect, ADMIN, method="OPTIONS")
        method = "OPTIONS" if dialect == "envoy" else "GET"
        for cookie in cookies:
            answer = ask(server, target, [*fields, *asks, *cookie], method)
            never_allowed(server, dialect, "a preflight", answer, cookie)
            assert answer.header("Location") is None
        # The client's own method is not the one that the proxy tells about.
        target, fields = told(dialect, ADMIN)
        if dialect != "envoy":
            answer = ask(server, f"{target}?preflight=allow", [*fields, *asks], "OPTIONS")
            never_allowed(server, dialect, "a preflight that is none", answer, None)


def long_ones(server, cookies):
    """Long, but not too long: an answer of the dialect. A place to come back to is a short one."""
    for dialect, size in itertools.product(("nginx", "forward", "envoy"), (1000, 2040, 2100, 7000)):
        for letter in ("a", "%41", "%C3%A9", "~", "("):
            path = "/p/" + letter * (size // len(letter))
            target, fields = told(dialect, path)
            page = [("Accept", "text/html"), ("Sec-Fetch-Mode", "navigate")]
            answer = ask(server, target, [*fields, *page])
            assert answer.status in (302, 401), f"{dialect} {size} {letter}: {answer.status}"
            where = answer.header("Location")
            assert where is None or len(where) < 7000, f"{dialect}: {len(where)} bytes"
            assert where is None or re.match(r"http://localhost:\d+/login(\?|$)", where), where
            answer = ask(server, target, [*fields, *cookies[1]])
            assert answer.status == 200, f"{dialect} {size} {letter}: {answer.status}"
    session = cookies[1][0][1]
    for crumbs in (40, 80):
        line = "; ".join([*(f"c{i}={'x' * 80}" for i in range(crumbs)), session])
        answer = ask(server, *told("nginx", "/page")[:1],
                     [*told("nginx", "/page")[1], ("Cookie", line)])
        assert answer.status == 200, f"{crumbs} cookies: {answer.status}"


def versions(server, cookies):
    """HTTP/1.0, as nginx speaks it, and absolute targets mean what they mean in HTTP/1.1."""
    for dialect, version in itertools.product(("nginx", "forward", "envoy"), ("1.0", "1.1")):
        target, fields = told(dialect, ADMIN)
        for form in (target, f"http://evil.example{target}", f"HTTP://localhost:1{target}"):
            for cookie in cookies:
                never_allowed(server, dialect, f"{form} in HTTP/{version}",
                              ask(server, form, [*fields, *cookie], version=version), cookie)
        target, fields = told(dialect, PUBLIC)
        assert ask(server, target, fields, version=version).status == 200


NAMES = ["X-Original-URL", "X-Original-Method", *FORWARDED, "X-Original-URI", "X-Rewrite-URL",
         "X-Forwarded-Prefix", "Forwarded", "Host", "X-HTTP-Method-Override", "Connection",
         "Upgrade"]
VALUES = ["http://localhost/public/a", "/public/a", "http://localhost/admin/a", "/admin/a", "GET",
          "OPTIONS", "HEAD", "http", "https", "localhost", "evil.example", "", "*", "/", "//",
          "close", "upgrade, x-original-url", "websocket", "for=1.2.3.4;host=evil.example", "\xff",
          "/public/a, /admin/a", "http://localhost", "/public/a#", "/public/a\t"]


def mixed(server, cookies):
    """Any mixture beside what the proxy says: it says where the request goes."""
    draw = random.Random(13)
    for _ in range(5000 if os.environ.get("LATCHKEY_FULL") else 200):
        dialect = draw.choice(("nginx", "forward", "envoy"))
        target, fields = told(dialect, ADMIN)
        for _ in range(draw.randint(1, 4)):
            name = draw.choice([draw.choice(list(spellings(name))) for name in NAMES])
            fields.insert(draw.randrange(len(fields) + 1), (name, draw.choice(VALUES)))
        cookie = draw.choice(cookies)
        answer = ask(server, target, [*fields, *cookie], draw.choice(("GET", "POST", "HEAD")))
        why = "broken HTTP" if 400 in answer.statuses else str(fields)
        never_allowed(server, dialect, why, answer, cookie)


def test_verify_dialects(server, cookie):
    """R126, R129 to R132, R134"""
    cookies = [[], [("Cookie", cookie)]]
    for attack in (doubled, left_out, other_paths, demands, bodies, sockets, preflights, long_ones,
                   versions, mixed):
        attack(server, cookies)
