"""Clients that log in, check, end sessions and hang up, and tell the model what came back."""
import asyncio
import json
import random
import re
import time

from model import Session, State, User

PASSWORD = "correct horse battery staple"
LONGEST = 60  # seconds a request may take before it counts as lost


class Lost(Exception):
    """No answer came back: whatever was asked for has happened or not."""


class Connection:
    """One connection of one client to one node, opened again when it breaks."""

    def __init__(self, node):
        self.node, self.writer = node, None

    async def ask(self, method, target, token="", body=None, drop=False):
        """Returns status, head and body. With `drop` the client hangs up in place of reading."""
        try:
            return await asyncio.wait_for(self.exchange(method, target, token, body, drop), LONGEST)
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, ValueError) as error:
            self.close()
            raise Lost from error

    async def exchange(self, method, target, token, body, drop):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.node.port)
        origin = f"http://localhost:{self.node.port}"
        lines = [f"{method} {target} HTTP/1.1", "Host: localhost", f"Origin: {origin}"]
        if token:
            lines.append(f"Cookie: session-{self.node.port}={token}")
        data = b"" if body is None else json.dumps(body).encode()
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(data)}"]
        self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
        if drop:
            self.writer.transport.abort()
            raise ConnectionAbortedError
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"(?im)^content-length: (\d+)", head)
        answer = await self.reader.readexactly(int(length.group(1))) if length else b""
        if re.search(r"(?im)^connection: close", head):
            self.close()
        return int(head.split()[1]), head, answer

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.writer = None


class Client:
    """One client of both nodes."""

    def __init__(self, number, nodes, model, plant, times):
        self.draw = random.Random(number)
        self.connections = [Connection(node) for node in nodes]
        self.model, self.plant, self.times = model, plant, times

    async def run(self, until):
        steps = [(self.check, 700), (self.check_ended, 180), (self.log_in, 50), (self.log_out, 45),
                 (self.end_one, 15), (self.end_others, 5), (self.hang_up, 5)]
        calls, weights = zip(*steps)
        while time.monotonic() < until:
            try:
                await self.draw.choices(calls, weights)[0]()
            except Lost:
                await asyncio.sleep(0.01)  # what was asked for stays as the model has it
        for connection in self.connections:
            connection.close()

    def pick(self):
        return self.draw.randrange(len(self.connections))

    def some(self, *states):
        for _ in range(20):
            found = self.draw.choice(self.model.users).of(*states)
            if found:
                return self.draw.choice(found)
        return None

    async def sign_up(self, name):
        for _ in range(100):
            status, _, _ = await self.connections[self.pick()].ask(
                "POST", "/v1/signup", body={"username": name, "password": PASSWORD})
            if status != 503:  # a machine that others use hashes too slowly: once more
                break
            await asyncio.sleep(0.5)
        assert status == 201, status
        self.model.users.append(User(name, PASSWORD))

    async def look(self, session):
        node, before = self.pick(), session.state
        began = time.monotonic()
        target = self.draw.choice(["/v1/session", "/v1/verify"])
        status, _, _ = await self.connections[node].ask("GET", target, session.token)
        now = time.monotonic()
        self.times.append((now, now - began))
        status = self.plant(session, before, status)
        self.model.judge(session, before, node, status, began, now)

    async def check(self):
        if session := self.some(State.LIVE, State.UNSURE):
            await self.look(session)

    async def check_ended(self):
        if self.model.recently_ended:
            await self.look(self.draw.choice(self.model.recently_ended))

    async def log_in(self):
        user = self.draw.choice(self.model.users)
        async with user.turn:
            if len(user.sessions) > 30:
                return
            status, head, body = await self.connections[self.pick()].ask(
                "POST", "/v1/login", body={"username": user.name, "password": user.password},
                drop=self.draw.random() < 0.02)
            if status == 200:
                token = re.search(r"(?im)^set-cookie: session-\d+=([^;]+);", head).group(1)
                known = Session(token, json.loads(body)["session"]["id"], user)
                self.model.opened(known, time.monotonic())
            elif status not in (429, 503):
                self.model.violations.append(f"a log-in is answered {status}")

    async def end(self, sessions, method, target, token, wanted):
        """Asks for the end of `sessions`, and returns whether the answer says it is done."""
        node = self.pick()
        for session in sessions:
            self.model.asked_to_end(session)
        status, _, _ = await self.connections[node].ask(
            method, target, token, body={} if method == "POST" else None,
            drop=self.draw.random() < 0.05)
        if status in wanted:
            for session in sessions:
                self.model.ended(session, node, time.monotonic())
            return True
        if status != 503:
            self.model.violations.append(f"node {node} answers {status} to {method} {target}")
        return False

    async def log_out(self):
        if session := self.some(State.LIVE):
            async with session.user.turn:
                if session.state is State.LIVE:
                    await self.end([session], "POST", "/v1/logout", session.token, (200, 204))

    async def end_one(self):
        if session := self.some(State.LIVE):
            async with session.user.turn:
                others = [one for one in session.user.of(State.LIVE) if one is not session]
                if others and session.state is State.LIVE:
                    ended = self.draw.choice(others)
                    await self.end([ended], "DELETE", f"/v1/sessions/{ended.id}", session.token,
                                   (204,))

    async def end_others(self):
        if session := self.some(State.LIVE):
            user = session.user
            async with user.turn:
                if session.state is not State.LIVE:
                    return
                others = [one for one in user.sessions if one is not session]
                user.unsure_until = time.monotonic() + 2 * LONGEST
                if await self.end(others, "DELETE", "/v1/sessions?scope=others", session.token,
                                  (200,)):
                    user.unsure_until = 0.0

    async def hang_up(self):
        if session := self.some(State.LIVE):
            await self.connections[self.pick()].ask("GET", "/sessions", session.token, drop=True)
