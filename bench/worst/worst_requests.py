#!/usr/bin/env python3
"""What the worst input of each parser costs a running server.

    bench/worst/worst_requests.py PROGRAM            the table of docs/worst_cases.md
    bench/worst/worst_requests.py PROGRAM --check    exit code 1 if one grows too much

Each input is sent at the size that the default limits let in, and at eight times that size to a
server with wider limits. What is measured is the CPU time of the server's threads per request.
"""
import base64
import glob
import signal
import socket
import subprocess
import sys
import tempfile
import time

TIMES = 8
MOST_GROWTH = 20  # 8 is in proportion, 64 is a square
REQUESTS = 60
ROUNDS = 4
FORM = 'application/x-www-form-urlencoded'
WIDE = {'limits.header_bytes': 262144, 'limits.header_fields': 1000,
        'limits.request_line': 65536, 'limits.body_bytes': 262144}


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Server:
    """A server with one event loop, and one connection to it."""

    def __init__(self, program, *flags):
        self.port = free_port()
        self.cookie = f'session-{self.port}'
        self.origin = f'Origin: http://localhost:{self.port}'
        self.directory = tempfile.TemporaryDirectory()
        wide = [word for key, value in WIDE.items() for word in ('--set', f'{key}={value}')]
        self.process = subprocess.Popen(
            [program, 'serve', '--data', f'{self.directory.name}/d', '--threads', '1',
             '--log-level', 'error', '--listen', f'127.0.0.1:{self.port}', *wide, *flags],
            stdout=subprocess.PIPE, text=True)
        while 'is ready' not in self.process.stdout.readline():
            if self.process.poll() is not None:
                sys.exit('the server does not start')
        self.connect()

    def connect(self):
        self.socket = socket.create_connection(('127.0.0.1', self.port), timeout=20)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.directory.cleanup()

    def cpu_nanoseconds(self):
        total = 0
        for path in glob.glob(f'/proc/{self.process.pid}/task/*/schedstat'):
            with open(path, encoding='ascii') as file:
                total += int(file.read().split()[0])
        return total

    def ask(self, request):
        self.socket.sendall(request)
        answer = b''
        while b'\r\n\r\n' not in answer:
            answer += self.socket.recv(65536)
        head, _, body = answer.partition(b'\r\n\r\n')
        fields = dict(line.lower().split(b': ', 1) for line in head.split(b'\r\n')[1:])
        while len(body) < int(fields.get(b'content-length', 0)):
            body += self.socket.recv(65536)
        if fields.get(b'connection') == b'close':
            self.socket.close()
            self.connect()

    def microseconds(self, request):
        self.ask(request)
        best = float('inf')
        for _ in range(ROUNDS):
            start = self.cpu_nanoseconds()
            for _ in range(REQUESTS):
                self.ask(request)
            time.sleep(0.002)  # until the last answer is booked
            best = min(best, (self.cpu_nanoseconds() - start) / REQUESTS / 1000)
        return best


def get(path, *fields):
    lines = [f'GET {path} HTTP/1.1', 'Host: localhost', *fields, '', '']
    return '\r\n'.join(lines).encode()


def post(path, body, kind='application/json', *fields):
    lines = [f'POST {path} HTTP/1.1', 'Host: localhost', f'Content-Type: {kind}',
             f'Content-Length: {len(body.encode())}', *fields, '', body]
    return '\r\n'.join(lines).encode()


def chunked(path, chunks):
    lines = [f'POST {path} HTTP/1.1', 'Host: localhost', 'Content-Type: application/json',
             'Transfer-Encoding: chunked', '', chunks + '0', '', '']
    return '\r\n'.join(lines).encode()


def session(*fields):
    return get('/v1/session', *fields)


def fill(size, piece):
    return piece * (size // len(piece))


def members(size):
    names = []
    while size > 0:
        names.append(f'"{len(names):x}":0')
        size -= len(names[-1]) + 1
    return '{' + ','.join(names) + '}'


def long_names(size):
    return '&'.join('a' * (size // 64) + str(i) for i in range(65))


def plain_cases(server):
    origin = server.origin
    return [
        ('request head', 'fields of one name', 720, lambda n: session(*['A: bb'] * (n // 8))),
        ('request head', 'one long field', 15000, lambda n: session('A: ' + 'b' * n)),
        ('request head', '`Connection` with many elements', 15000,
         lambda n: session('Connection: ' + fill(n, 'a,') + 'a')),
        ('request body', 'chunks of one byte', 16000,
         lambda n: chunked('/v1/login', '1\r\n[\r\n' * n)),
        ('cookies', 'many short ones', 15000, lambda n: session('Cookie: ' + fill(n, 'a=b; '))),
        ('cookies', 'semicolons', 15000, lambda n: session('Cookie: ' + ';' * n)),
        ('cookies', 'blanks', 15000, lambda n: session('Cookie: a=' + ' ' * n + 'b')),
        ('session cookie', 'a long one', 15000,
         lambda n: session(f'Cookie: {server.cookie}=' + 'a' * n)),
        ('JSON body', 'many members', 16000, lambda n: post('/v1/login', members(n))),
        ('JSON body', 'digits', 16000, lambda n: post('/v1/login', '[0.' + '7' * n + ']')),
        ('JSON body', 'open brackets', 16000, lambda n: post('/v1/login', '[' * n)),
        ('JSON body', 'escapes', 16000,
         lambda n: post('/v1/login', '["' + fill(n, '\\u00e9') + '"]')),
        ('form', 'too many fields with long names', 16000,
         lambda n: post('/login', long_names(n), FORM, origin)),
        ('form', 'percent signs, wrong at the end', 16000,
         lambda n: post('/login', 'a=' + fill(n, '%41') + '%', FORM, origin)),
        ('form', 'ampersands, wrong at the end', 16000,
         lambda n: post('/login', '&' * n + '%', FORM, origin)),
        ('query string', 'parameters without names', 7000,
         lambda n: get('/login?' + fill(n, '=&'))),
        ('`next` of the log-in', 'many segments', 2000,
         lambda n: get('/login?next=' + fill(n, '/%61'))),
        ('`Origin`', 'a long host name', 15000,
         lambda n: post('/v1/logout', '', 'application/json', 'Origin: http://' + fill(n, 'a.'))),
        ('`Content-Type`', 'a long one', 15000,
         lambda n: post('/v1/login', '{}', 'application/json;' + ' ' * n)),
        ('user name', 'combining marks in the wrong order (refused beyond 1016 bytes)', 1016,
         lambda n: post('/v1/signup', '{"password":"x","username":"a' +
                        fill(n // 2, '\u0316\u0300') + '"}')),
    ]


def chunk_cases(server):
    pieces = '; '.join(f'{server.cookie}.{i}=a' for i in range(16))
    return [('cookie chunks', '16 chunks among many cookies', 15000,
             lambda n: session(f'Cookie: {pieces}; ' + fill(n, 'a=b; ')))]


def proxy_cases(server):
    return [('`X-Forwarded-For`', 'hops of a trusted proxy', 15000,
             lambda n: session(f'Cookie: {server.cookie}=bad',
                               'X-Forwarded-For: ' + fill(n, '10.0.0.1,') + '10.0.0.1'))]


def signed_cases(server):
    def token(size):
        header = base64.urlsafe_b64encode(members(size).encode()).decode().rstrip('=')
        return f'Cookie: {server.cookie}={header}.e30.' + 'A' * 43
    return [('signed cookie', 'a header with many members (refused beyond 16 KiB)', 12000,
             lambda n: session(token(n * 3 // 4)))]


def sealed_cases(server):
    return [('sealed cookie', 'a forged one', 12000,
             lambda n: session(f'Cookie: {server.cookie}=lks1_' + fill(n, 'AbCd')))]


CONFIGURATIONS = [
    ([], plain_cases),
    (['--set', 'session.max_chunks=4'], chunk_cases),
    (['--set', 'server.trusted_proxies=127.0.0.1,10.0.0.0/8'], proxy_cases),
    (['--carrier', 'signed'], signed_cases),
    (['--carrier', 'sealed'], sealed_cases),
]


def main():
    program = sys.argv[1]
    grown = 0
    print(f'| parser | worst input | bytes | CPU µs a request | at {TIMES} times the bytes |')
    print('|---|---|---|---|---|')
    for flags, cases in CONFIGURATIONS:
        server = Server(program, *flags)
        for parser, worst, size, make in cases(server):
            small = server.microseconds(make(size))
            growth = server.microseconds(make(size * TIMES)) / small
            print(f'| {parser} | {worst} | {size} | {small:.0f} | x {growth:.1f} |', flush=True)
            grown += growth > MOST_GROWTH
        server.stop()
    return 1 if grown and '--check' in sys.argv else 0


if __name__ == '__main__':
    sys.exit(main())
