"""Starts and stops what a cluster is made of, each on a free port of 127.0.0.1, by its own pid."""
import contextlib
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

HOST = "127.0.0.1"
BUS = 10000  # Redis nodes talk to each other on their port plus this


class Failed(Exception):
    """Something did not come up; the text says what and where its log is."""


def is_free(port):
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex((HOST, port)) != 0


def free_port(taken, bus=False):
    for port in random.SystemRandom().sample(range(20000, 32000), 2000):
        if port not in taken and is_free(port) and (not bus or is_free(port + BUS)):
            taken.add(port)
            return port
    raise Failed("no free port between 20000 and 32000")


def wait_for(condition, what, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failed(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.05)


class Machine:
    """One process with a folder of its own."""

    def __init__(self, name, folder, command, port):
        self.name, self.port, self.command = name, port, command
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "log"
        self.process = None
        self.start()

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, cwd=self.folder)

    @property
    def running(self):
        return self.process.poll() is None

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.running:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


class Cluster:
    """Three Redis primaries with a replica each, `size` nodes of latchkey, and nginx."""

    def __init__(self, folder, program, size=3):
        self.folder, self.program = pathlib.Path(folder), str(pathlib.Path(program).resolve())
        self.redis, self.nodes, self.balancer = [], [], None
        taken = set()
        self.redis_ports = [free_port(taken, bus=True) for _ in range(6)]
        self.node_ports = [free_port(taken) for _ in range(size)]
        self.port = free_port(taken)
        self.url = f"http://localhost:{self.port}"

    def __enter__(self):
        for tool in ("redis-server", "redis-cli", "nginx"):
            if shutil.which(tool) is None and not pathlib.Path("/usr/sbin", tool).exists():
                raise Failed(f"{tool} is missing: apt-get install redis-server nginx-light")
        return self

    def __exit__(self, *_):
        for machine in [self.balancer, *self.nodes, *self.redis]:
            if machine:
                machine.stop()

    def start_redis(self):
        for port in self.redis_ports:
            self.redis.append(Machine(f"redis {port}", self.folder / f"redis-{port}", [
                "redis-server", "--port", str(port), "--bind", HOST, "--save", "",
                "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf",
                "--cluster-node-timeout", "2000", "--appendonly", "yes",
                "--repl-diskless-sync-delay", "0"], port))
        for machine in self.redis:
            wait_for(lambda m=machine: "PONG" in self.ask(m.port, "PING"), f"{machine.name}: PONG")
        made = subprocess.run(["redis-cli", "--cluster", "create",
                               *[f"{HOST}:{port}" for port in self.redis_ports],
                               "--cluster-replicas", "1", "--cluster-yes"],
                              capture_output=True, text=True, timeout=60, check=False)
        if made.returncode != 0:
            raise Failed("redis-cli --cluster create: " + (made.stdout + made.stderr)[-500:])
        for port in self.redis_ports:
            wait_for(lambda p=port: "cluster_state:ok" in self.ask(p, "CLUSTER", "INFO"),
                     f"redis {port}: cluster_state:ok")
        wait_for(self.replicas_in_step, "every primary having a replica in step")

    def start_nodes(self):
        seeds = ",".join(f"{HOST}:{port}" for port in self.redis_ports[:3])
        for number, port in enumerate(self.node_ports, 1):
            self.nodes.append(Machine(f"node {number}", self.folder / f"node-{number}", [
                self.program, "serve", "--listen", f"{HOST}:{port}", "--data", "data",
                "--store", f"redis+cluster://{seeds}", "--public-url", self.url], port))
        for node in self.nodes:
            self.wait_ready(node, "/readyz", node.port)

    def start_balancer(self):
        folder = self.folder / "nginx"
        folder.mkdir(parents=True, exist_ok=True)
        servers = "".join(f"    server {HOST}:{port};\n" for port in self.node_ports)
        (folder / "nginx.conf").write_text(
            "daemon off; worker_processes 1; pid nginx.pid; error_log error.log;\n"
            "events { worker_connections 256; }\nhttp {\n  access_log off;\n"
            "  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;\n"
            "  uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n"
            f"  upstream latchkey {{\n{servers}  }}\n"
            f"  server {{ listen {HOST}:{self.port};\n    location / {{\n"
            "      proxy_pass http://latchkey; proxy_set_header Host $http_host;\n"
            "      proxy_set_header X-Forwarded-For $remote_addr;\n"
            "      proxy_next_upstream error timeout http_503; }\n  }\n}\n", encoding="utf-8")
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        self.balancer = Machine("nginx", folder, [
            nginx, "-e", "error.log", "-p", str(folder.resolve()), "-c", "nginx.conf"], self.port)
        self.wait_ready(self.balancer, "/livez", self.port)

    @staticmethod
    def wait_ready(machine, path, port):
        def ready():
            if not machine.running:
                raise Failed(f"{machine.name} ended; its log: {machine.log}\n" +
                             machine.log.read_text(encoding="utf-8")[-800:])
            try:
                address = f"http://{HOST}:{port}{path}"
                return urllib.request.urlopen(address, timeout=2).status == 200
            except (urllib.error.URLError, OSError):
                return False
        wait_for(ready, f"{machine.name}: {path}")

    @staticmethod
    def ask(port, *words):
        answer = subprocess.run(["redis-cli", "-p", str(port), *words], capture_output=True,
                                text=True, timeout=10, check=False)
        return answer.stdout

    def rows(self):
        """What the first Redis that answers knows of all: (port, role, slots)."""
        for machine in self.redis:
            if not machine.running:
                continue
            rows = []
            for line in self.ask(machine.port, "CLUSTER", "NODES").splitlines():
                words = line.split()
                port = int(words[1].split("@")[0].rsplit(":", 1)[1])
                flags = words[2].split(",")
                role = "down" if "fail" in flags else "primary" if "master" in flags else "replica"
                rows.append((port, role, " ".join(words[8:])))
            return sorted(rows)
        return []

    def replicas_in_step(self):
        """Whether three replicas hold what their primaries have: others may not take over."""
        replicas = [port for port, role, _ in self.rows() if role == "replica"]
        return len(replicas) == 3 and all("master_link_status:up" in self.ask(
            port, "INFO", "replication") for port in replicas)

    def primary_of(self, tag):
        """The port of the primary that holds the sessions with this tag."""
        slot = int(self.ask(next(m.port for m in self.redis if m.running), "CLUSTER", "KEYSLOT",
                            "{" + tag + "}"))
        for port, role, slots in self.rows():
            for part in slots.split() if role == "primary" else ():
                first, _, last = part.partition("-")
                if first.isdigit() and int(first) <= slot <= int(last or first):
                    return port
        return None
