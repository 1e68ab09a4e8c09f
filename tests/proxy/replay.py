"""The requests of Traefik and Envoy, byte by byte as their sources and documentation describe them.

Debian has neither, so docs/proxies/ says that those configurations were not run.
"""
import http.client
import itertools
import re
import socket

import pages
from site_parts import PATIENCE, Answer


def exchange(port, text):
    """Sends these bytes and returns the answer."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
        client.sendall(text.replace("\n", "\r\n").encode())
        response = http.client.HTTPResponse(client, method=text.split(" ", 1)[0])
        response.begin()
        return Answer(response)


# Go writes Host and User-Agent first, the others in the order of the alphabet; the client's own
# headers go along, and no body.
TRAEFIK = """GET /v1/verify/forward HTTP/1.1
Host: 127.0.0.1:4470
User-Agent: Mozilla/5.0
Accept: {accept}
Accept-Encoding: gzip
{headers}X-Forwarded-For: 203.0.113.7
X-Forwarded-Host: app.example.com
X-Forwarded-Method: {method}
X-Forwarded-Port: 443
X-Forwarded-Proto: {proto}
X-Forwarded-Server: gateway
X-Forwarded-Uri: {target}

"""

# Envoy writes names in lower case, and only those that `allowed_headers` lists beside its own.
ENVOY = """{method} /v1/verify/envoy{target} HTTP/1.1
host: app.example.com
accept: {accept}
{headers}x-forwarded-proto: https
content-length: 0
x-envoy-internal: true
x-forwarded-for: 10.0.0.5
x-envoy-expected-rq-timeout-ms: 500

"""


def check_dialect(port, template, cookie, known):
    def ask(headers="", method="GET", target="/page?a=b", accept="*/*", proto="https"):
        return exchange(port, template.format(headers=headers, method=method, target=target,
                                              accept=accept, proto=proto))

    with_cookie = f"cookie: {cookie}\n"
    allowed = ask(with_cookie)
    assert allowed.status == 200 and allowed.body == b""
    assert allowed.all("X-Session-User") == [known["user"]["id"]]
    assert allowed.all("X-Session-Scope") == [""], "there, and empty"
    for method in ["POST", "PUT", "DELETE"]:
        own = with_cookie + "origin: https://app.example.com\n"
        assert ask(own, method).status == 200, method
        assert ask(with_cookie + "origin: https://evil.com\n", method).status == 403, method
        assert ask("", method).status == 401, method
    assert ask().status == 401
    page = ask(accept="text/html", headers="sec-fetch-mode: navigate\n")
    assert page.status == 302
    way_back = "?next=https%3A//app.example.com/page%3Fa%3Db"
    assert page.get("Location") == "https://auth.example.com/login" + way_back
    assert page.cookies() == []
    assert ask(target="/page?optional=1").status == 401, "the query is the client's"
    assert ask(target="/public/logo.svg").status == 200
    assert ask(target="/public/../page").status == 400
    assert ask(with_cookie, target="/admin/users").status == 401
    preflight = "origin: https://evil.com\naccess-control-request-method: PUT\n"
    assert ask(preflight, "OPTIONS").status == 401
    assert ask(with_cookie, "PROPFIND").status == 200, "any method"
    upgrade = with_cookie + SOCKET[template] + "origin: https://{}\n"
    assert ask(upgrade.format("app.example.com"), proto="wss").status == 200
    assert ask(upgrade.format("evil.com"), proto="wss").status == 403


# Traefik takes away what is of one connection, as Upgrade; Envoy passes on what it is told to.
SOCKET = {TRAEFIK: "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\nsec-websocket-version: 13\n",
          ENVOY: "upgrade: websocket\n"}


def check_forged_names(port, cookie, _known):
    """Traefik deletes no headers by pattern: its page lists each mix of - and _ of what we send."""
    text = pages.blocks("traefik.md")["yaml"]
    listed = set(re.findall(r'([A-Za-z_-]+): ""', text))
    answer = exchange(port, f"GET /v1/verify/forward HTTP/1.1\nHost: a\ncookie: {cookie}\n"
                            "X-Forwarded-Host: app.example.com\nX-Forwarded-Uri: /a\n\n")
    prefixes = ("X-Session-", "Remote-", "X-Auth-Request-")
    ours = [name for name, _ in answer.lines if name.startswith(prefixes)]
    assert answer.status == 200 and len(ours) == 19, ours
    for name in ours:
        words = name.split("-")
        for marks in itertools.product("-_", repeat=len(words) - 1):
            mixed = words[0] + "".join(mark + word for mark, word in zip(marks, words[1:]))
            assert mixed == name or mixed in listed, f"{mixed} is not on the page"


CHECKS = {
    "Traefik, forged names": check_forged_names,
    "Traefik": lambda port, cookie, known: check_dialect(port, TRAEFIK, cookie, known),
    "Envoy": lambda port, cookie, known: check_dialect(port, ENVOY, cookie, known),
}
