"""A browser that keeps one cookie and may talk to one node directly."""
import http.client
import json


class Browser:
    def __init__(self, cluster, name):
        self.cluster, self.name, self.cookie = cluster, name, None

    def ask(self, method, path, body=None, port=None):
        """(status, JSON or None). Without a port the balancer chooses the node."""
        headers = {"Host": f"localhost:{self.cluster.port}", "Origin": self.cluster.url,
                   "User-Agent": self.name}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(body)
        line = http.client.HTTPConnection("127.0.0.1", port or self.cluster.port, timeout=10)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            text = answer.read()
            cookie = answer.getheader("Set-Cookie")
        finally:
            line.close()
        if cookie:
            pair, _, attributes = cookie.partition(";")
            self.cookie = None if "max-age=0" in attributes.lower() else pair
        return answer.status, json.loads(text) if text else None

    def state(self, port):
        """What a node says of the session: "active", "no_session", "revoked", "503" ..."""
        try:
            status, answer = self.ask("GET", "/v1/session", port=port)
        except OSError:
            return "unreachable"
        if status == 200:
            return "active"
        return answer["code"] if status == 401 else str(status)
