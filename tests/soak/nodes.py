"""Two nodes on one Redis, with a wire between that can be cut."""
import asyncio
import pathlib
import re
import signal
import socket
import subprocess
import time
import urllib.request

PATIENCE = 120  # seconds that anything may take on a busy machine
AGE = 2  # seconds: cache.max_age


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Redis:
    """Keeps what it acknowledged, on a unix socket."""

    def __init__(self, folder):
        self.path = folder / "redis.sock"
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.path, "--dir", folder,
             "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + PATIENCE
        while not self.path.exists():
            assert self.process.poll() is None and time.monotonic() < until, "no Redis"
            time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)


class Wire:
    """Passes bytes on between a node and Redis. cut() breaks every connection at once."""

    def __init__(self, path, target):
        self.path, self.target, self.open = path, target, set()

    async def start(self):
        self.server = await asyncio.start_unix_server(self.join, self.path)

    async def join(self, reader, writer):
        far = None
        try:
            far_reader, far = await asyncio.open_unix_connection(self.target)
            self.open |= {writer, far}
            await asyncio.gather(self.copy(reader, far), self.copy(far_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for end in (writer, far):
                if end:
                    self.open.discard(end)
                    end.close()

    async def copy(self, reader, writer):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    def cut(self):
        for end in list(self.open):
            end.transport.abort()


class Node:
    """`latchkey serve` on a port that stays."""

    def __init__(self, program, folder, number, store):
        self.program, self.number, self.store = program, number, store
        self.folder = folder / f"node{number}"
        self.folder.mkdir()
        self.port, self.metrics_port = free_port(), free_port()
        self.process = None
        self.log = open(self.folder / "log", "ab")
        self.configure("warn")

    def configure(self, level):
        """What a running server reads again on SIGHUP."""
        (self.folder / "latchkey.toml").write_text(
            f'[server]\nlisten = "127.0.0.1:{self.port}"\n'
            f'data = "{self.folder}/data"\n[store]\nurl = "redis+unix://{self.store}"\n'
            f'[metrics]\nlisten = "127.0.0.1:{self.metrics_port}"\n[log]\nlevel = "{level}"\n'
            f'[cache]\nmax_age = "{AGE}s"\n[guessing]\nsign_ups = 100000\n'
            f'[verify]\nrules = ["/{level}/* public"]\n', encoding="utf-8")

    def launch(self):
        self.process = subprocess.Popen(
            [self.program, "serve", "--config", self.folder / "latchkey.toml"],
            stdout=self.log, stderr=self.log)

    async def ready(self):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert self.process.poll() is None, self.text()
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(b"GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                answer = await reader.read()
                writer.close()
                if b" 200 " in answer[:20]:
                    return
            except OSError:
                pass
            await asyncio.sleep(0.05)
        raise AssertionError(f"node {self.number} does not become ready")

    def reload(self, level):
        self.configure(level)
        self.process.send_signal(signal.SIGHUP)

    async def end(self, how):
        self.process.send_signal(how)
        await asyncio.to_thread(self.process.wait, PATIENCE)

    def memory(self):
        """Resident MiB."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+) kB", text).group(1)) / 1024

    def metric(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics",
                                    timeout=PATIENCE) as answer:
            text = answer.read().decode()
        return float(re.search(rf"(?m)^{name} (.*)$", text).group(1))

    def text(self):
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()


