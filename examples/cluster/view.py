"""What the run shows: a live picture on a terminal, plain lines elsewhere."""
import sys
import threading
import time

GREEN, RED, DIM, BOLD, END = "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[1m", "\x1b[0m"


class View:
    def __init__(self, cluster):
        self.cluster, self.lines, self.browsers = cluster, [], []
        self.live = sys.stdout.isatty()
        self.height = 0
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        if self.live:
            self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        if self.live:
            self.thread.join()
            self.draw()

    def say(self, text, good=None):
        mark = {None: "  ", True: "ok", False: "NO"}[good]
        with self.lock:
            self.lines.append((mark, text))
        if not self.live:
            print(f"{mark}  {text}", flush=True)

    def run(self):
        while not self.stopping.is_set():
            self.draw()
            time.sleep(0.25)

    def picture(self):
        cluster = self.cluster
        out = [f"{BOLD}latchkey on a Redis Cluster{END}  {cluster.url}", ""]
        running = {machine.port: machine.running for machine in cluster.redis}
        for port, role, slots in cluster.rows() if cluster.redis else []:
            up = running.get(port, False)
            colour = RED if not up else GREEN if role == "primary" else DIM
            out.append(f"  redis {port}  {colour}{role if up else 'killed':8}{END} {slots}")
        out.append("")
        for node in cluster.nodes:
            states = "  ".join(f"{b.name}: {self.paint(b.state(node.port))}" for b in self.browsers)
            up = f"{GREEN}up{END}" if node.running else f"{RED}down{END}"
            out.append(f"  {node.name}  {up}  {states}")
        out.append("")
        with self.lock:
            for mark, text in self.lines[-16:]:
                colour = {"ok": GREEN, "NO": RED}.get(mark, DIM)
                out.append(f"  {colour}{mark}{END}  {text}")
        return out

    @staticmethod
    def paint(state):
        return f"{GREEN if state == 'active' else RED}{state}{END}"

    def draw(self):
        lines = self.picture()
        up = f"\x1b[{self.height}A" if self.height else ""
        sys.stdout.write(up + "".join(f"\x1b[2K{line}\n" for line in lines) + "\x1b[J")
        sys.stdout.flush()
        self.height = len(lines)
