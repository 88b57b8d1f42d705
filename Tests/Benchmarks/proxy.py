"""What a server in front of another costs: the time through a link, the CPU of a MiB, the memory of a large object.

Through a link of so many bytes a second to the remote, curl reads and writes an object directly and by way of the gateway, in
turns; the ratio is that of the medians of the times, 1 when the gateway costs nothing. Without the link the gateway's CPU for
a MiB is set against that of curl's own process, which does the same work once: receive, or send. `signed` is a PUT whose
hash curl's user has put in the header, as SDKs do over HTTP, `presigned` one whose bytes nobody vouches for, so that the
gateway signs them chunk by chunk. With --large an object of that size goes each way and the growth of the gateway is told.

With a mode that keeps copies (--cached), reads of a kept copy are set against those of a local object.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import time

import harness
import larder
from upstream import REMOTE_KEY, REMOTE_SECRET, remote_environment, remote_settings

MIB = 1 << 20
BUCKET = "uploads"


class Transfer:
    """What one run of curl took."""

    def __init__(self, seconds, cpu):
        self.seconds = seconds
        self.cpu = cpu


def curl(url, *options):
    """Runs curl, which has to be answered 200."""
    command = ["curl", "--silent", "--show-error", "--fail", "--max-time", "600", "--output", "/dev/null", *options, url]
    began = time.monotonic()
    process = subprocess.Popen([*map(str, command)], stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise harness.Failure(f"curl ended with status {process.returncode}: {' '.join(map(str, command))}")
    return Transfer(time.monotonic() - began, usage.ru_utime + usage.ru_stime)


class Side:
    """A server as curl asks it, with its keys."""

    def __init__(self, endpoint, access_key, secret_key, sha256):
        self.endpoint = endpoint
        self.keys = {"access_key": access_key, "secret_key": secret_key}
        self.sha256 = sha256

    def signer(self):
        return harness.Signer(self.endpoint.removeprefix("http://"), **self.keys)

    def headers(self, method, path, digest):
        """Options that give curl the headers of a signed request."""
        head = self.signer().request(method, path, digest=digest).decode().split("\r\n")[1:]
        kept = [line for line in head if line and not line.lower().startswith(("host:", "content-length:"))]
        return [part for line in kept for part in ("--header", line)]

    def get(self, key="object"):
        path = f"/{BUCKET}/{key}"
        return curl(self.endpoint + path, *self.headers("GET", path, harness.hashlib.sha256(b"").hexdigest()))

    def put(self, file, key, digest=None):
        """Writes a file; without a digest its bytes are signed by nobody."""
        path = f"/{BUCKET}/{key}"
        headers = self.headers("PUT", path, digest or "UNSIGNED-PAYLOAD")
        # Without it curl waits a second for servers that do not know the expectation; ours do.
        return curl(self.endpoint + path, "--upload-file", file, *headers)


@contextlib.contextmanager
def link(port, rate):
    """A link of so many bytes a second to a port; its own endpoint and process."""
    command = [harness.build("throttle"), "--to", str(port), "--rate", str(rate)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}", process
        finally:
            process.stdin.close()
            process.wait(10)


@contextlib.contextmanager
def gateway(place, endpoint, **more):
    """A server in front of an endpoint."""
    root = harness.new_directory(place)
    file = root.with_suffix(".json")
    file.write_text(json.dumps(remote_settings(endpoint, **more)))
    with harness.running(root, "--config", str(file)) as server:
        yield server


def sides(remote, front, sha256):
    """The remote and the gateway as curl asks them."""
    return (
        Side(remote, REMOTE_KEY, REMOTE_SECRET, sha256),
        Side(front, larder.ACCESS_KEY, larder.SECRET_KEY, sha256),
    )


def in_turns(rounds, one, other):
    """Runs both so often, each first every other time, after one run that does not count."""
    found = ([], [])
    for turn in range(rounds + 1):
        for which in ((0, 1), (1, 0))[turn % 2]:
            taken = (one, other)[which]()
            if turn > 0:
                found[which].append(taken)
    return found


def median(values):
    return statistics.median(values)


def throttled(place, remote, file, digest, options):
    """The ratios through the link, by what was done."""
    with link(remote.port, options.rate) as (endpoint, _), gateway(place, endpoint) as front:
        direct, proxied = sides(endpoint, front.endpoint, digest)
        work = {
            "GET": lambda side: side.get,
            "PUT signed": lambda side: lambda: side.put(file, "written", digest),
            "PUT unsigned": lambda side: lambda: side.put(file, "written"),
        }
        ratios = {}
        print(f"\n{'through the link':18} {'direct s':>9} {'proxied s':>9} {'ratio':>6}   lowest to highest")
        for name, make in work.items():
            one, other = in_turns(options.rounds, make(direct), make(proxied))
            times = [[transfer.seconds for transfer in taken] for taken in (one, other)]
            ratios[name] = median(times[0]) / median(times[1])
            spread = sorted(before / after for before, after in zip(*times))
            print(
                f"{name:18} {median(times[0]):9.3f} {median(times[1]):9.3f} {ratios[name]:6.3f}"
                f"   {spread[0]:.3f} to {spread[-1]:.3f}"
            )
        return ratios


def unthrottled(place, remote, file, digest, options):
    """The gateway's CPU as a multiple of curl's, by what was done."""
    with gateway(place, remote.endpoint) as front:
        direct, proxied = sides(remote.endpoint, front.endpoint, digest)
        mib = options.size / MIB

        def cpu_of(work):
            """Of curl asking the remote, and of the gateway when curl asks it."""
            curls, gateways = [], []
            for turn in range(options.rounds + 1):
                alone = work(direct)
                before = sum(harness.process_time(front.process.pid))
                for _ in range(options.repeats):
                    work(proxied)
                taken = (sum(harness.process_time(front.process.pid)) - before) / 1e6 / options.repeats
                if turn > 0:
                    curls.append(alone.cpu)
                    gateways.append(taken)
            return median(curls), median(gateways)

        multiples = {}
        print(f"\n{'CPU ms per MiB':18} {'curl':>9} {'gateway':>9} {'times':>6}")
        for name, work in (
            ("GET", lambda side: side.get()),
            ("PUT signed", lambda side: side.put(file, "written", digest)),
            ("PUT unsigned", lambda side: side.put(file, "written")),
        ):
            own, ours = cpu_of(work)
            multiples[name] = ours / own
            print(f"{name:18} {own * 1000 / mib:9.3f} {ours * 1000 / mib:9.3f} {multiples[name]:6.2f}")
        return multiples


def memory(place, remote, options):
    """How much the gateway grows when a large object goes each way."""
    with gateway(place, remote.endpoint) as front:
        _, proxied = sides(remote.endpoint, front.endpoint, None)
        file = place / "large"
        with open(file, "wb") as out:
            out.truncate(64 * MIB)
        proxied.put(file, "warm")
        proxied.get("warm")
        with open(file, "wb") as out:
            out.truncate(options.large)
        before = front.status("VmHWM")
        began = time.monotonic()
        proxied.put(file, "large")
        middle, written = time.monotonic(), front.status("VmHWM")
        proxied.get("large")
        ended, read = time.monotonic(), front.status("VmHWM")
        file.unlink()
        gib = options.large / (1 << 30)
        print(f"\n{'memory':18} {'GiB':>9} {'seconds':>9} {'grows by MiB':>12}")
        print(f"{'PUT':18} {gib:9.2f} {middle - began:9.1f} {(written - before) / 1024:12.1f}")
        print(f"{'GET':18} {gib:9.2f} {ended - middle:9.1f} {(read - written) / 1024:12.1f}")
        return (read - before) / 1024


def cached(place, remote, options):
    """How fast a kept copy is read, as a part of the speed of a local object."""
    ratios = {}
    print(f"\n{'kept copies':18} {'local':>9} {'kept':>9} {'ratio':>6}")
    with gateway(place, remote.endpoint, mode="cache", cache_fresh_seconds=3600) as front, harness.running(
        harness.new_directory(place)
    ) as local:
        for name, size, count in (("4 KiB, a second", 4 << 10, 20_000), ("64 MiB, s", 64 * MIB, options.rounds)):
            body = os.urandom(size)
            for server in (front, local):
                server.s3().put_object(Bucket=BUCKET, Key="kept", Body=body)
                server.s3().get_object(Bucket=BUCKET, Key="kept")["Body"].read()
            if size < MIB:
                figures = [per_second(server, size, count, options) for server in (local, front)]
                ratios[name] = figures[1] / figures[0]
            else:
                pair = [Side(server.endpoint, larder.ACCESS_KEY, larder.SECRET_KEY, None) for server in (local, front)]
                taken = in_turns(count, *(lambda side=side: side.get("kept") for side in pair))
                figures = [median([transfer.seconds for transfer in one]) for one in taken]
                ratios[name] = figures[0] / figures[1]
            print(f"{name:18} {figures[0]:9.3f} {figures[1]:9.3f} {ratios[name]:6.3f}")
    return ratios


def per_second(server, size, count, options):
    """How often a second a small object is read by eight connections: the median of the rounds."""
    signer = harness.Signer(server.endpoint.removeprefix("http://"))
    requests = [signer.request("GET", f"/{BUCKET}/kept")] * count
    return median(
        [harness.replay(server, requests, 8, body=size)["per_second"] for _ in range(options.rounds)]
    )


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9, help="runs of each kind that count")
    parser.add_argument("--repeats", type=int, default=4, help="transfers of a run whose CPU is measured")
    parser.add_argument("--size", type=int, default=64 * MIB, help="bytes of the object")
    parser.add_argument("--rate", type=int, default=100_000_000, help="bytes a second of the link, each way")
    parser.add_argument("--large", type=int, default=5 << 30, help="bytes of the large object; 0 for none")
    parser.add_argument("--cached", action="store_true", help="kept copies against local objects")
    parser.add_argument("--only", choices=["link", "cpu", "memory", "cached"], help="one part alone")
    parser.add_argument("--directory", default=harness.WORK)
    parser.add_argument("--require", action="store_true", help="exit status 1 beyond 0.95, 3 times and 32 MiB")
    return parser.parse_args()


def main():
    options = parse()
    wanted = {options.only} if options.only else {"link", "cpu", "memory"} | ({"cached"} if options.cached else set())
    missed = []
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with harness.place_on_disk(options.directory) as (place, kind), harness.running(
        harness.new_directory(place), **remote_environment()
    ) as remote:
        file = place / "file"
        file.write_bytes(os.urandom(options.size))
        digest = harness.hashlib.sha256(file.read_bytes()).hexdigest()
        Side(remote.endpoint, REMOTE_KEY, REMOTE_SECRET, digest).put(file, "object", digest)
        print(f"{options.size / MIB:.0f} MiB, {options.rate / 1e6:.0f} MB/s, medians of {options.rounds}, on {kind}")
        if "link" in wanted:
            ratios = throttled(place, remote, file, digest, options)
            missed += [f"{name}: {ratio:.3f} of the speed" for name, ratio in ratios.items() if ratio < 0.95]
        if "cpu" in wanted:
            times = unthrottled(place, remote, file, digest, options)
            missed += [f"{name}: {multiple:.2f} times the CPU" for name, multiple in times.items() if multiple > 3]
        if "memory" in wanted and options.large:
            growth = memory(place, remote, options)
            missed += [f"grows by {growth:.0f} MiB"] if growth > 32 else []
        if "cached" in wanted:
            ratios = cached(place, remote, options)
            missed += [f"kept copies, {name}: {ratio:.3f}" for name, ratio in ratios.items() if ratio < 0.9]
    for line in missed:
        print(f"missed: {line}")
    return 1 if missed and options.require else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except harness.Failure as failure:
        sys.exit(f"error: {failure}")
