"""A client for sites behind Levee, written from docs/protocol.md alone: proof that the page is enough to write one."""

import argparse
import base64
import hashlib
import http.client
import itertools
import json
import random
import sys
import time
import urllib.parse

MAX_BODY, MAX_ROUNDS, MAX_WAIT, MAX_WORK = 65_536, 3, 120, 1 << 23


class GiveUp(Exception):
    """The site refuses, and there is nothing more to try."""


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(data):
    return int.from_bytes(data, "big")


class Puzzle:
    """What a challenge asks for."""

    def __init__(self, challenge):
        self.challenge = challenge
        if len(challenge) != 66 or challenge[:2] != b"\x01\x01" or challenge[3] != 1:
            raise GiveUp("this client does not know the challenge; a newer one may")
        self.work, self.count = number(challenge[12:20]), number(challenge[20:22])
        if not 1 <= self.count <= 256:
            raise GiveUp("this client does not know the challenge; a newer one may")
        self.seed = hashlib.sha256(challenge).digest()
        most = 2**64 - 1
        self.threshold = min((self.count << 64) // self.work, most) if self.work else most

    def message(self, index, n):
        return self.seed + index.to_bytes(4, "big") + n.to_bytes(8, "big")

    def digest(self, index, n):
        return hashlib.sha256(self.message(index, n)).digest()

    def is_solved_by(self, index, n):
        return number(self.digest(index, n)[:8]) < self.threshold

    def least(self, index):
        return next(n for n in itertools.count() if self.is_solved_by(index, n))

    def solution(self):
        if self.work > MAX_WORK:
            raise GiveUp(f"the site asks for {self.work} hashes")
        return encode(self.challenge + b"".join(self.least(i).to_bytes(8, "big") for i in range(self.count)))


class Client:
    """Asks one origin."""

    def __init__(self, origin):
        self.origin = urllib.parse.urlsplit(origin)
        self.carried = {}  # the clearance and the ticket, as headers

    def exchange(self, method, target, headers, body):
        secure = self.origin.scheme == "https"
        connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = connect(self.origin.netloc, timeout=30)
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def send(self, method, target, headers, body):
        self.rounds = self.waited = 0
        while True:
            answer = self.exchange(method, target, {**headers, **self.carried}, body)
            refusal = refusal_in(*answer)
            if refusal is None or not self.follow(refusal, answer):
                return answer

    def redeem(self, question):
        path = question["redeem"]
        if path[:1] != "/" or path[1:2] == "/" or not all("!" <= c <= "~" and c not in "\\#" for c in path):
            raise GiveUp(f"{path!r} is no path of the site")
        solution = Puzzle(decode(question["token"])).solution()
        while True:
            answer = self.exchange("POST", path, {"levee-solution": solution}, b"")
            if answer[0] == 200:
                self.carried = {"levee-clearance": json.loads(answer[2])["clearance"]}
                return
            refusal = refusal_in(*answer)
            if refusal is None or not self.follow(refusal, answer):
                raise GiveUp(f"the site answered a solution with {answer[0]}: {answer[2][:200]!r}")
            if "challenge" in refusal:
                return  # follow() has solved and redeemed that one

    def follow(self, refusal, answer):
        """Solves or waits; false when there is nothing to be done."""
        print(refusal["reason"], file=sys.stderr)
        status, headers, _ = answer
        if "challenge" in refusal:
            self.rounds += 1
            if self.rounds > MAX_ROUNDS:
                raise GiveUp(f"still asked for a clearance after {MAX_ROUNDS} challenges")
            self.redeem(refusal["challenge"])
            return True
        if "line" not in refusal and status not in (429, 503):
            return False
        if ticket := refusal.get("line", {}).get("ticket"):
            self.carried["levee-ticket"] = ticket
        told = headers.get("retry-after", "")
        wait = max(int(told), 1) if told.isdecimal() else 5
        wait += random.uniform(0, min(max(wait / 10, 0.25), 30))
        self.waited += wait
        if self.waited > MAX_WAIT:
            raise GiveUp(f"told to wait {wait:.0f} s more")
        time.sleep(wait)
        return True


def refusal_in(status, headers, body):
    if status not in (400, 403, 404, 405, 429, 503) or len(body) > MAX_BODY:
        return None
    if headers.get_content_type() != "application/problem+json":
        return None
    try:
        refusal = json.loads(body)
    except ValueError:
        return None
    is_one = isinstance(refusal, dict) and all(isinstance(refusal.get(k), str) for k in ("reason", "support_id"))
    return refusal if is_one else None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--method", default="GET")
    parser.add_argument("--header", action="append", default=[], metavar="NAME: VALUE")
    parser.add_argument("--data", metavar="FILE", type=argparse.FileType("rb"))
    arguments = parser.parse_args()
    url = urllib.parse.urlsplit(arguments.url)
    target = urllib.parse.urlunsplit(("", "", url.path or "/", url.query, ""))
    fields = (header.split(":", 1) for header in arguments.header)
    headers = {name.strip(): value.strip() for name, value in fields}
    body = arguments.data.read() if arguments.data else None
    try:
        status, _, answer = Client(f"{url.scheme}://{url.netloc}").send(arguments.method, target, headers, body)
    except GiveUp as error:
        sys.exit(f"gave up: {error}")
    sys.stdout.buffer.write(answer)
    sys.exit(0 if status < 400 else 4)


if __name__ == "__main__":
    main()
