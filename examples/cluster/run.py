#!/usr/bin/env python3
"""Starts a cluster on this machine and shows what it promises. Ends with 1 when a promise fails.

Three Redis primaries with replicas, three nodes of latchkey, nginx before them; all on 127.0.0.1,
with their data in a scratch folder. --stay keeps it running until Ctrl-C, so that you can open it
in a browser.
"""
import argparse
import collections
import pathlib
import shutil
import signal
import sys
import tempfile
import time

from browser import Browser
from machines import Cluster, Failed, wait_for
from view import View

PASSWORD = "correct horse battery staple"
ROOT = pathlib.Path(__file__).resolve().parents[2]


class Promises:
    """The steps of the show; each says whether what was promised came true."""

    def __init__(self, cluster, view):
        self.cluster, self.view, self.broken = cluster, view, 0

    def promise(self, text, kept):
        self.broken += not kept
        self.view.say(text, bool(kept))

    def everywhere(self, browser):
        return [browser.state(node.port) for node in self.cluster.nodes]

    def sign_in(self):
        first, second, _ = [node.port for node in self.cluster.nodes]
        laptop, phone = Browser(self.cluster, "laptop"), Browser(self.cluster, "phone")
        account = {"username": "ada@example.com", "password": PASSWORD}
        status, _ = laptop.ask("POST", "/v1/signup", account, port=first)
        self.promise("sign-up on node 1", status == 201)
        status, _ = phone.ask("POST", "/v1/login", account, port=second)
        self.promise("log-in of a phone on node 2", status == 200)
        self.view.browsers += [laptop, phone]
        self.promise("both are known on every node, and behind the balancer",
                     self.everywhere(laptop) + self.everywhere(phone) == ["active"] * 6
                     and laptop.ask("GET", "/v1/session")[0] == 200)
        return laptop, phone

    def revoke(self, laptop, phone):
        third = self.cluster.nodes[2].port
        _, answer = laptop.ask("GET", "/v1/sessions", port=third)
        other = next(s["id"] for s in answer["sessions"] if not s["current"])
        status, _ = laptop.ask("DELETE", f"/v1/sessions/{other}", port=third)
        ended = time.monotonic()
        wait_for(lambda: "active" not in self.everywhere(phone), "the end of the phone's session")
        took = (time.monotonic() - ended) * 1000
        self.promise(f"node 3 ends the phone's session, and no node accepts it any more: looked "
                     f"at within {took:.0f} ms", status == 204)

    def fail_over(self, laptop, phone):
        tag = laptop.cookie.partition("=")[2][4:7]
        port = self.cluster.primary_of(tag)
        victim = next(m for m in self.cluster.redis if m.port == port)
        self.view.say(f"kill -9 {victim.name}, the primary that holds these sessions")
        victim.kill()
        seen, accepted, killed = collections.Counter(), 0, time.monotonic()

        def all_well_again():
            nonlocal accepted
            fresh = [laptop.ask("POST", "/v1/session/refresh", port=node.port)[0]
                     for node in self.cluster.nodes]
            seen.update(fresh)
            accepted += self.everywhere(phone).count("active")
            return (fresh == [200] * 3 and
                    self.cluster.primary_of(tag) not in (None, victim.port))
        wait_for(all_well_again, "a replica taking over", 60)
        took = time.monotonic() - killed
        told = ", ".join(f"{count} x {status}" for status, count in sorted(seen.items()))
        self.promise(f"a replica took over after {took:.1f} s; meanwhile: {told}; nobody was "
                     "logged out", 401 not in seen and laptop.cookie)
        self.promise("the session that had ended was never accepted",
                     accepted == 0 and "active" not in self.everywhere(phone))
        victim.start()
        wait_for(self.cluster.replicas_in_step, "the killed one coming back", 60)
        self.promise(f"{victim.name} is back, as a replica", True)

    def lose_a_node(self, laptop):
        node = self.cluster.nodes[0]
        node.kill()
        answers = [laptop.ask("GET", "/v1/session")[0] for _ in range(12)]
        self.promise("kill -9 node 1: twelve requests through the balancer, all answered",
                     answers == [200] * 12)
        node.start()
        self.cluster.wait_ready(node, "/readyz", node.port)

    def log_out(self, laptop):
        old = Browser(self.cluster, "copy")
        old.cookie = laptop.cookie
        status, _ = laptop.ask("POST", "/v1/logout?wait=1")
        self.promise("log-out with ?wait=1, and no node accepts a copy of the cookie",
                     status == 204 and "active" not in self.everywhere(old))


def show(cluster, stay):
    with View(cluster) as view:
        steps = Promises(cluster, view)
        view.say("starting three Redis primaries and three replicas")
        cluster.start_redis()
        view.say("starting three nodes of latchkey, and nginx")
        cluster.start_nodes()
        cluster.start_balancer()
        laptop, phone = steps.sign_in()
        steps.revoke(laptop, phone)
        steps.fail_over(laptop, phone)
        steps.lose_a_node(laptop)
        steps.log_out(laptop)
        view.say("every promise was kept" if not steps.broken else f"{steps.broken} broken",
                 steps.broken == 0)
        if stay:
            view.say(f"open {cluster.url}, log in as ada@example.com with "
                     f'"{PASSWORD}"; Ctrl-C ends it')
            signal.pause()
    return 1 if steps.broken else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "build/release/latchkey", help="latchkey")
    parser.add_argument("--stay", action="store_true", help="keep it running until Ctrl-C")
    options = parser.parse_args()
    if not pathlib.Path(options.program).exists():
        parser.error(f"{options.program} is not there: ./dev build, or ./dev example cluster")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="latchkey-cluster-")
    try:
        with Cluster(folder, options.program) as cluster:
            return show(cluster, options.stay)
    except Failed as failure:
        print(f"cluster: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
