"""A client that sends exactly the bytes it is given, and a server to send them to."""
import os
import re
import socket
import subprocess
import tempfile
import time

PATIENCE = 120  # seconds that anything may take on a busy machine


class Server:
    """`latchkey serve` on a free port, with a data directory of its own."""

    def __init__(self, program, *settings):
        self.program = program
        self.folder = tempfile.TemporaryDirectory(prefix="latchkey-attack-")
        command = [
            program,
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--log-level",
            "error",
            "--data",
            os.path.join(self.folder.name, "data"),
        ]
        for setting in settings:
            command += ["--set", setting]
        self.log = open(os.path.join(self.folder.name, "log"), "w+b")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        self.port = self.wait_for_port()

    def wait_for_port(self):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            found = re.search(r"http://localhost:(\d+)", self.text())
            if found:
                return int(found.group(1))
            time.sleep(0.05)
        raise AssertionError(f"the server did not start: {self.text()}")

    def text(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()

    def alive(self):
        return self.process.poll() is None and exchange(self.port, get("/livez")).statuses == [200]

    def stop(self):
        self.process.terminate()
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.log.close()
            self.folder.cleanup()
        assert status == 0, f"the server ended with {status}"


class Answer:
    """Everything that came back on one connection."""

    def __init__(self, raw, ended):
        self.raw, self.ended = raw, ended
        # No body of ours holds a status line.
        self.statuses = [int(code) for code in re.findall(rb"HTTP/1\.1 (\d{3}) ", raw)]

    @property
    def status(self):
        assert len(self.statuses) == 1, f"{self.statuses}: one answer was expected"
        return self.statuses[0]

    @property
    def body(self):
        return self.raw.partition(b"\r\n\r\n")[2]

    def header(self, name):
        found = re.search(
            rb"(?im)^" + name.encode() + rb": (.*?)\r$", self.raw.partition(b"\r\n\r\n")[0]
        )
        return found.group(1).decode("latin-1") if found else None


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE)
    connection.settimeout(PATIENCE)
    return connection


def rest(connection):
    """What comes until the server ends the connection."""
    received = b""
    try:
        while chunk := connection.recv(65536):
            received += chunk
        return Answer(received, True)
    except ConnectionError:
        return Answer(received, True)
    except socket.timeout:
        return Answer(received, False)


def exchange(port, data, finish=True):
    """Sends `data` and returns what came back. With `finish` the client then says that no more
    comes; without, only the server can end the connection."""
    with connect(port) as connection:
        try:
            connection.sendall(data)
            if finish:
                connection.shutdown(socket.SHUT_WR)
        except ConnectionError:
            pass  # it was refused before all was sent
        return rest(connection)


def request(method, target, fields=(), body=b"", host="localhost"):
    lines = [f"{method} {target} HTTP/1.1".encode("latin-1"), b"Host: " + host.encode("latin-1")]
    lines += [name.encode("latin-1") + b": " + value.encode("latin-1") for name, value in fields]
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def get(target, fields=(), host="localhost"):
    return request("GET", target, fields, host=host)


JSON = ("Content-Type", "application/json")
