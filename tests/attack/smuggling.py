"""Requests whose end, or whose lines, servers and proxies disagree about (R141, R142, R148).

Each is followed by a second request. Either the first is refused and the connection ends, or both
are answered."""

SECOND = b"GET /v1/session?second HTTP/1.1\r\nHost: localhost\r\n\r\n"


def post(*lines, body=b""):
    head = [
        b"POST /v1/logout HTTP/1.1",
        b"Host: localhost",
        b"Content-Type: application/json",
        *lines,
    ]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


CHUNKS = b"2\r\n{}\r\n0\r\n\r\n"
TE = b"Transfer-Encoding: chunked"

# What is refused: 400, one answer, and the connection ends.
REFUSED = {
    "length and chunks": post(b"Content-Length: 2", TE, body=CHUNKS),
    "chunks and length": post(TE, b"Content-Length: 2", body=CHUNKS),
    "two lengths": post(b"Content-Length: 2", b"Content-Length: 99", body=b"{}"),
    "the same length twice": post(b"Content-Length: 2", b"Content-Length: 2", body=b"{}"),
    "a list of lengths": post(b"Content-Length: 2, 2", body=b"{}"),
    "a signed length": post(b"Content-Length: +2", body=b"{}"),
    "a negative length": post(b"Content-Length: -2", body=b"{}"),
    "a length in hexadecimal": post(b"Content-Length: 0x2", body=b"{}"),
    "a length with a blank in it": post(b"Content-Length: 1 2", body=b"{}"),
    "an empty length": post(b"Content-Length:", body=b"{}"),
    "a length of 20 digits": post(b"Content-Length: 18446744073709551618", body=b"{}"),
    "chunks twice": post(TE, TE, body=CHUNKS),
    "chunked, chunked": post(b"Transfer-Encoding: chunked, chunked", body=CHUNKS),
    "identity": post(b"Transfer-Encoding: identity", body=b"{}"),
    "gzip, chunked": post(b"Transfer-Encoding: gzip, chunked", body=CHUNKS),
    "xchunked": post(b"Transfer-Encoding: xchunked", body=CHUNKS),
    "chunked in quotes": post(b'Transfer-Encoding: "chunked"', body=CHUNKS),
    "chunked behind a vertical tab": post(b"Transfer-Encoding: \x0bchunked", body=CHUNKS),
    "a blank before the colon": post(b"Transfer-Encoding : chunked", body=CHUNKS),
    "a tab before the colon": post(b"Content-Length\t: 2", body=b"{}"),
    "a folded line": post(b"X-A: b", b" Transfer-Encoding: chunked", body=CHUNKS),
    "a folded coding": post(b"Transfer-Encoding:", b" chunked", body=CHUNKS),
    "a line that begins with a colon": post(b": a"),
    "a line without a colon": post(b"nonsense"),
    "a name with a control byte": post(b"X\x00A: b"),
    "a value with NUL": post(b"X-A: b\x00c"),
    "a value with CR": post(b"X-A: b\rTransfer-Encoding: chunked", body=CHUNKS),
    "a value with LF": post(b"X-A: b\nTransfer-Encoding: chunked", body=CHUNKS),
    "line ends of LF alone": post(body=b"").replace(b"\r\n", b"\n"),
    "an empty line first": b"\r\n" + post(),
    "chunk extensions": post(TE, body=b"2;a=b\r\n{}\r\n0\r\n\r\n"),
    "a trailer": post(TE, body=b"2\r\n{}\r\n0\r\nContent-Length: 9\r\n\r\n"),
    "a chunk size with 0x": post(TE, body=b"0x2\r\n{}\r\n0\r\n\r\n"),
    "a negative chunk size": post(TE, body=b"-2\r\n{}\r\n0\r\n\r\n"),
    "a chunk size with a blank": post(TE, body=b"2 \r\n{}\r\n0\r\n\r\n"),
    "a chunk size of 17 digits": post(TE, body=b"10000000000000002\r\n{}\r\n0\r\n\r\n"),
    "a chunk ended by LF": post(TE, body=b"2\n{}\n0\n\n"),
    "a chunk longer than it says": post(TE, body=b"1\r\n{}\r\n0\r\n\r\n"),
    "no Host": b"GET /livez HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "a Host with a path": b"GET /livez HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "a Host with a user": b"GET /livez HTTP/1.1\r\nHost: a@b\r\n\r\n",
    "a target with a fragment": b"GET /livez#a HTTP/1.1\r\nHost: a\r\n\r\n",
    "a target without a slash": b"GET livez HTTP/1.1\r\nHost: a\r\n\r\n",
    "a target of another scheme": b"GET file:///livez HTTP/1.1\r\nHost: a\r\n\r\n",
    "two blanks in the request line": b"GET  /livez HTTP/1.1\r\nHost: a\r\n\r\n",
    "a tab in the request line": b"GET\t/livez HTTP/1.1\r\nHost: a\r\n\r\n",
    "HTTP/0.9": b"GET /livez\r\n\r\n",
    "chunks in HTTP/1.0": post(TE, body=CHUNKS).replace(b"HTTP/1.1", b"HTTP/1.0"),
}

# What another status refuses; the connection ends all the same.
REFUSED_OTHERWISE = {
    "HTTP/2.0": (505, b"GET /livez HTTP/2.0\r\nHost: a\r\n\r\n"),
    "the preface of HTTP/2": (505, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "a blank in the target": (505, b"GET /li vez HTTP/1.1\r\nHost: a\r\n\r\n"),
    "http in small letters": (505, b"GET /livez http/1.1\r\nHost: a\r\n\r\n"),
    "an unknown method": (501, b"BREW /livez HTTP/1.1\r\nHost: a\r\n\r\n"),
    "another expectation": (417, post(b"Expect: 200-ok", b"Content-Length: 2", body=b"{}")),
    "a body that is too long": (413, post(b"Content-Length: 99999999", body=b"{}")),
    "a head that is too long": (431, post(b"X-A: " + b"a" * 70000)),
}

# What is a request like any other: it is answered, and so is the one after it.
ANSWERED = {
    "no body": post(),
    "a length of zero": post(b"Content-Length: 0"),
    "a body": post(b"Content-Length: 2", body=b"{}"),
    "chunks": post(TE, body=CHUNKS),
    "chunks in other letters": post(b"transfer-encoding: Chunked", body=CHUNKS),
    "an absolute target of another host": b"GET http://evil.example/livez HTTP/1.1\r\n"
    b"Host: localhost\r\n\r\n",
    "a GET with a body": b"GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}",
}
