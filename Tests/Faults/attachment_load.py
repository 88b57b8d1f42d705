"""Threads that upload and claim attachments of a server which is killed meanwhile, and who kills it."""

import os
import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import requests

from attachments import authorize, claim, post
from pictures import picture

TORN = b"\x89PNG\r\n\x1a\nthat is all"


def image_processes(server):
    """The image workers of a server, and the processes of their jobs."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = entry.read_text().split("(", 1)[1].rsplit(")", 1)
        except (OSError, IndexError):
            continue
        parents[int(entry.parent.name)] = (name, int(rest.split()[1]))
    found = {server.process.pid}
    for _ in range(3):
        found |= {pid for pid, (_, parent) in parents.items() if parent in found}
    return [pid for pid in found if parents.get(pid, ("", 0))[0] == "larder-imaged"]


class Uploader(threading.Thread):
    """Uploads and claims; what the server's death cuts off is begun again, as an application would."""

    def __init__(self, server, count, seed, deadline):
        super().__init__(daemon=True)
        self.server = server
        self.count = count
        self.rng = random.Random(seed)
        self.deadline = deadline
        # The id of each key that was claimed, and whether it can be rendered.
        self.claimed = {}
        self.problem = None

    def run(self):
        try:
            for _ in range(self.count):
                is_torn = self.rng.random() < 0.1
                key = self.insist(lambda: self.upload(TORN if is_torn else self.picture()))
                answer = self.insist(lambda: self.claim(key))
                if self.rng.random() < 0.2:
                    assert self.insist(lambda: self.claim(key))["id"] == answer["id"], "claimed twice, two ids"
                assert answer["id"] not in self.claimed.values(), f"two keys have the id {answer['id']}"
                self.claimed[key] = answer["id"]
        except Exception as error:  # The test tells it; a thread's own traceback would be lost.
            self.problem = f"{type(error).__name__}: {error}"

    def insist(self, action):
        """Repeats what a death interrupts, with the server that is there then."""
        while True:
            try:
                answer = action()
                if answer is not None:
                    return answer
            except (requests.RequestException, OSError):
                pass
            assert time.monotonic() < self.deadline, "the server does not come back"
            time.sleep(0.02)

    def picture(self):
        size = self.rng.choice([(320, 240), (640, 480), (1600, 1200)])
        return picture(self.rng.choice(["PNG", "JPEG"]), size, seed=self.rng.getrandbits(16))

    def upload(self, data):
        # Anew each time: the form's address is that of a server which may be gone.
        authorization = authorize(self.server)
        answer = post(authorization, data)
        return authorization["key_prefix"] + "picture.png" if answer.status_code == 201 else None

    def claim(self, key):
        answer = claim(self.server, key)
        if answer.status_code == 503:
            return None
        assert answer.status_code in (200, 202), answer.text
        return answer.json()


class Killer(threading.Thread):
    """Kills image processes, so many at most, and the server, which it starts again, at moments of its own choice."""

    def __init__(self, server, seed, most, share=0.2):
        super().__init__(daemon=True)
        self.server = server
        self.rng = random.Random(seed)
        self.most = most
        self.share = share
        self.counts = Counter()
        self.is_told_to_stop = threading.Event()
        self.problem = None

    def run(self):
        try:
            # Not luck: every moment is as good, and they differ.
            while not self.is_told_to_stop.wait(self.rng.uniform(0.02, 0.4)):
                if self.rng.random() < self.share:
                    self.server.kill()
                    self.server.start()
                    self.counts["server"] += 1
                elif self.counts["image process"] < self.most:
                    self.kill_image_process()
        except Exception as error:
            self.problem = f"{type(error).__name__}: {error}"

    def kill_image_process(self):
        processes = image_processes(self.server)
        if not processes:
            return
        try:
            os.kill(self.rng.choice(processes), signal.SIGKILL)
            self.counts["image process"] += 1
        except ProcessLookupError:
            pass

    def stop(self):
        self.is_told_to_stop.set()
        self.join(60)
        assert not self.is_alive() and self.problem is None, self.problem
