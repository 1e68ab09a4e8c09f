#!/usr/bin/env python3
"""Two nodes under mixed load while they are reloaded, restarted, killed and cut off from Redis:

    soak.py PROGRAM [--minutes 30] [--clients 16] [--plot FILE] [--self-test] [--counts FILE]

Every answer is judged by a model of what was acknowledged: a session whose end was acknowledged is
never accepted again, one that nobody ended is never lost, and memory stays flat. --self-test plants
a stale cache and a lost session, for seconds, and passes when the model catches both.
"""
import argparse
import asyncio
import pathlib
import random
import signal
import sys
import tempfile
import time

import plot
from load import Client, Lost
from model import Model, State
from nodes import AGE, Node, Redis, Wire

USERS = 40
MOST_GROWTH = 1.25  # of a node that is never restarted, after the first fifth of the run
FREE_GROWTH = 8  # MiB


class Chaos:
    """Does one thing to a node every few seconds. Node 0 is never restarted, so that its memory
    can be watched."""

    def __init__(self, nodes, wires, started):
        self.nodes, self.wires, self.started = nodes, wires, started
        self.draw, self.done, self.memory = random.Random(7), [], []

    async def run(self, until):
        steps = [self.reload, self.cut, self.restart, self.kill]
        while time.monotonic() < until - 5:
            await asyncio.sleep(self.draw.uniform(2, 6))
            self.memory.append((time.monotonic() - self.started, self.nodes[0].memory()))
            step = steps[len(self.done) % len(steps)]
            self.done.append((time.monotonic() - self.started, step.__name__))
            await step()

    async def reload(self):
        for node in self.nodes:
            node.reload(self.draw.choice(["warn", "error"]))

    async def cut(self):
        self.draw.choice(self.wires).cut()

    async def restart(self):
        await self.again(signal.SIGTERM)

    async def kill(self):
        await self.again(signal.SIGKILL)

    async def again(self, how):
        await self.nodes[1].end(how)
        self.nodes[1].launch()
        await self.nodes[1].ready()

    def growth(self):
        """The resident MiB of node 0 early and late."""
        early = [size for at, size in self.memory if at >= self.memory[-1][0] / 5][:5]
        late = [size for _, size in self.memory[-5:]]
        return sum(early) / len(early), sum(late) / len(late)


def honest(_session, _before, status):
    return status


def planted(kind):
    """A cache between client and node that goes on accepting what has ended, or forgets one."""
    def plant(_session, before, status):
        if kind == "stale" and before is State.ENDED and status == 401:
            return 200
        if kind == "lost" and before is State.LIVE and status == 200:
            return 401
        return status
    return plant


async def run(program, folder, seconds, clients, plant, with_chaos=True):
    redis = Redis(folder)
    nodes, wires = [], []
    try:
        for number in range(2):
            wires.append(Wire(str(folder / f"wire{number}"), str(redis.path)))
            await wires[-1].start()
            nodes.append(Node(program, folder, number, wires[-1].path))
            nodes[-1].launch()
            await nodes[-1].ready()
        bound = await asyncio.to_thread(nodes[0].metric, "latchkey_cache_max_stale_seconds")
        assert bound == AGE, f"the servers publish a bound of {bound} s"
        model, times = Model(bound), []
        callers = [Client(number, nodes, model, plant, times) for number in range(clients)]
        for number in range(USERS):
            await callers[0].sign_up(f"user{number}@example.com")
        started = time.monotonic()
        chaos = Chaos(nodes, wires, started)
        tasks = [caller.run(started + seconds) for caller in callers]
        if with_chaos:
            tasks.append(chaos.run(started + seconds))
        await asyncio.gather(*tasks)
        await settle(model, callers[0], nodes)
        for node in nodes:
            assert node.process.poll() is None, f"node {node.number} is gone: {node.text()}"
        return model, chaos, [(at - started, took) for at, took in times]
    finally:
        for node in nodes:
            node.stop()
        redis.stop()


async def settle(model, caller, nodes):
    """When all is quiet and every copy too old, each session is asked for again on each node."""
    await asyncio.sleep(model.bound)
    everything = [one for user in model.users for one in user.sessions]
    for session in everything + list(model.recently_ended):
        for number in range(len(nodes)):
            caller.pick = lambda number=number: number
            for _ in range(20):
                try:
                    await caller.look(session)
                    break
                except Lost:
                    await asyncio.sleep(0.1)


def self_test(options):
    passed = 0
    for kind, said in (("stale", "accepts a session"), ("lost", "lost a session")):
        with tempfile.TemporaryDirectory(prefix="latchkey-soak-") as folder:
            model, _, _ = asyncio.run(run(options.program, pathlib.Path(folder), 8, 4,
                                          planted(kind), with_chaos=False))
        caught = [text for text in model.violations if said in text]
        print(f"planted: {kind}; caught {len(caught)} times, such as: {caught[:1]}")
        passed += 1 if caught else 0
    return passed, 2 - passed


def soak(options):
    seconds = options.minutes * 60
    with tempfile.TemporaryDirectory(prefix="latchkey-soak-") as folder:
        model, chaos, times = asyncio.run(
            run(options.program, pathlib.Path(folder), seconds, options.clients, honest))
    early, late = chaos.growth()
    took = sorted(one for _, one in times)
    done = {name: sum(1 for _, one in chaos.done if one == name) for _, name in chaos.done}
    print(f"{len(times)} checks in {options.minutes:g} min: {dict(model.checked)}; {done}")
    p50, p99 = (plot.quantile(took, part) * 1000 for part in (0.5, 0.99))
    print(f"p50 {p50:.1f} ms, p99 {p99:.1f} ms; "
          f"memory of node 0: {early:.1f} MiB, at the end {late:.1f} MiB")
    checks = {
        "no answer contradicts what was acknowledged": not model.violations,
        "sessions were seen active, and ended": model.checked["active"] and model.checked["ended"],
        "memory is flat": late <= early * MOST_GROWTH + FREE_GROWTH,
    }
    for text in model.violations[:20]:
        print(f"  {text}")
    if options.plot:
        title = f"Checks of sessions during a soak of {options.minutes:g} minutes"
        pathlib.Path(options.plot).write_text(plot.draw(times, seconds, chaos.done, title),
                                              encoding="utf-8")
    for name, held in checks.items():
        print(f"{'ok' if held else 'FAILED'}: {name}")
    failed = sum(1 for held in checks.values() if not held)
    return len(checks) - failed, failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--plot")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--counts")
    options = parser.parse_args()
    passed, failed = self_test(options) if options.self_test else soak(options)
    if options.counts:
        with open(options.counts, "a", encoding="utf-8") as counts:
            counts.write(f"{passed} {failed}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
