"""What was acknowledged, and what no answer may say after it."""
import asyncio
import collections
import dataclasses
import enum


class State(enum.Enum):
    LIVE = "live"  # its log-in was acknowledged, and nobody asked to end it
    UNSURE = "unsure"  # somebody asked to end it, and the answer was lost
    ENDED = "ended"  # its end was acknowledged


@dataclasses.dataclass
class Session:
    """One session: its token, and what is known of it."""

    token: str
    id: str
    user: "User"
    state: State = State.LIVE
    ended_at: float = 0.0  # when the acknowledgement was here
    ended_by: int = -1  # the node that gave it


@dataclasses.dataclass
class User:
    name: str
    password: str
    sessions: list = dataclasses.field(default_factory=list)
    # One client at a time changes the sessions of a user.
    turn: asyncio.Lock = dataclasses.field(default_factory=asyncio.Lock)
    # A request to end the others was lost, and may still be carried out until then.
    unsure_until: float = 0.0

    def of(self, *states):
        return [session for session in self.sessions if session.state in states]


class Model:
    """Judges answers. `bound` is how long another node than the one that acknowledged an end may
    still accept the session, as the servers publish it (latchkey_cache_max_stale_seconds)."""

    def __init__(self, bound):
        self.bound = bound
        self.users = []
        self.recently_ended = collections.deque(maxlen=2000)
        self.checked = collections.Counter()
        self.violations = []

    def opened(self, session, now):
        if now < session.user.unsure_until:
            session.state = State.UNSURE
        session.user.sessions.append(session)

    def asked_to_end(self, session):
        if session.state is State.LIVE:
            session.state = State.UNSURE

    def ended(self, session, node, now):
        if session.state is State.ENDED:
            return
        session.state, session.ended_by, session.ended_at = State.ENDED, node, now
        session.user.sessions.remove(session)
        self.recently_ended.append(session)

    def judge(self, session, before, node, status, began, ended):
        """An answer to a check that began at `began`, when the session's state was `before`."""
        if status == 200:
            self.checked["active"] += 1
            if before is State.ENDED:
                late = 0 if node == session.ended_by else self.bound
                if began > session.ended_at + late:
                    self.violations.append(
                        f"node {node} accepts a session that node {session.ended_by} ended "
                        f"{began - session.ended_at:.3f} s before"
                    )
        elif status == 401:
            self.checked["ended"] += 1
            if session.state is State.LIVE:
                self.violations.append(f"node {node} lost a session that nobody ended")
            elif session.state is State.UNSURE:
                self.ended(session, node, ended)  # it is known now
        elif status in (0, 503):
            self.checked["no answer"] += 1
        else:
            self.violations.append(f"node {node} answers {status} to a check")
