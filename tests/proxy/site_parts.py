"""latchkey, a proxy and an application that tells what it was sent, on free ports of loopback."""
import base64
import hashlib
import http.client
import http.server
import json
import os
import shutil
import socket
import subprocess
import threading
import time

PATIENCE = 30  # seconds that anything may take on a machine that is busy


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def open_folder(path):
    """Makes a folder that an ordinary user may write to."""
    path.mkdir(parents=True)
    path.chmod(0o777)
    return path


class Process:
    """A program of an ordinary user that listens on a port, until stop()."""

    def __init__(self, name, command, folder, port):
        self.name, self.port, self.log = name, port, folder / "output"
        user = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
        environment = {"PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "HOME": str(folder)}
        program = shutil.which(command[0], path=environment["PATH"])
        assert program, f"{command[0]} is not installed"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([program] + command[1:], cwd=folder, stdout=log,
                                            stderr=log, env=environment, **user)
        self.wait_until_it_listens()

    def wait_until_it_listens(self):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        self.stop()
        raise AssertionError(f"{self.name} did not start: {self.log.read_text()[-2000:]}")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A proxy that ends a connection is no error of the application."""


class Application:
    """Answers with what it was sent, as JSON, and keeps it in `seen`."""

    def __init__(self):
        self.seen = []
        application = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                    body = read_chunks(self.rfile)
                request = {"method": self.command, "target": self.path, "body": len(body),
                           "headers": self.headers.items()}
                application.seen.append(request)
                if self.headers.get("Upgrade", "").lower() == "websocket":
                    self.close_connection = True
                    accept = accept_key(self.headers.get("Sec-WebSocket-Key", ""))
                    self.wfile.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                     b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept +
                                     b"\r\n\r\n")
                    self.wfile.write(self.rfile.read(4).upper())
                    return
                text = json.dumps(request).encode()
                self.send_response(500 if self.path.startswith("/broken") else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Set-Cookie", "theme=dark")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(text)

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = answer

            def log_message(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def accept_key(key):
    """RFC 6455 section 4.2.2."""
    digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    return base64.b64encode(digest)


def read_chunks(stream):
    body = b""
    while size := int(stream.readline(), 16):
        body += stream.read(size)
        stream.readline()
    stream.readline()
    return body


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.lines = response.getheaders()
        self.body = response.read()

    def all(self, name):
        return [value for key, value in self.lines if key.lower() == name.lower()]

    def get(self, name):
        return (self.all(name) or [None])[0]

    def cookies(self):
        return [line for line in self.all("Set-Cookie") if not line.startswith("theme=")]


def send(port, method, target, headers, body=None, host="app.example.com"):
    """Sends one request with exactly these headers, in their order and spelling."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", host)
    for name, value in headers:
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    try:
        connection.endheaders(body)
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused before all of it was read
    answer = Answer(connection.getresponse())
    connection.close()
    return answer


def exchange(port, text):
    """Sends these bytes and returns all that comes back until the connection ends."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
        client.settimeout(PATIENCE)
        received = b""
        try:
            client.sendall(text.encode())
            while piece := client.recv(65536):
                received += piece
        except ConnectionError:
            pass
        return received


def web_socket(port, headers):
    """Returns the status of a handshake and, once it is open, what comes back for "ping"."""
    lines = [("Host", "app.example.com"), ("Connection", "Upgrade"), ("Upgrade", "websocket"),
             ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")]
    head = "".join(f"{name}: {value}\r\n" for name, value in lines + headers)
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
        client.settimeout(PATIENCE)
        client.sendall(f"GET /socket HTTP/1.1\r\n{head}\r\n".encode())
        received = b""
        while b"\r\n\r\n" not in received:
            piece = client.recv(4096)
            assert piece, f"the proxy closed the connection: {received!r}"
            received += piece
        status = int(received.split()[1])
        if status != 101:
            return status, b""
        client.sendall(b"ping")
        rest = received.split(b"\r\n\r\n", 1)[1]
        while len(rest) < 4:
            piece = client.recv(4096)
            if not piece:
                break
            rest += piece
        return status, rest

