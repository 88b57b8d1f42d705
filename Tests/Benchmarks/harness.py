"""What the benchmarks share: programs, places on a disk, signed requests, and CPU time."""

import array
import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
sys.path.insert(0, str(REPOSITORY / "Tests/Clients"))

import larder  # noqa: E402: found by the line above

WORK = REPOSITORY / ".build/bench"

TICK = 1_000_000 // os.sysconf("SC_CLK_TCK")
"""Microseconds of a clock tick, the unit of /proc/PID/stat."""


class Failure(Exception):
    """The benchmark cannot be run, or did not go as meant."""


# Programs


def build(name):
    """Compiles `name`.c unless that is done, and returns the program."""
    program = WORK / "bin" / name
    sources = [HERE / f"{name}.c", HERE / "report.h"]
    if program.exists() and program.stat().st_mtime > max(source.stat().st_mtime for source in sources):
        return program
    program.parent.mkdir(parents=True, exist_ok=True)
    flags = ["-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread"]
    if subprocess.run([os.environ.get("CC", "gcc"), *flags, "-o", program, sources[0]]).returncode != 0:
        raise Failure(f"{sources[0]} does not compile")
    return program


def measure(program, *options, pass_fds=()):
    """Runs a program that prints one line of JSON."""
    result = subprocess.run(
        [program, *map(str, options)], stdout=subprocess.PIPE, text=True, pass_fds=pass_fds, timeout=600
    )
    if result.returncode != 0:
        raise Failure(f"{Path(program).name} ended with status {result.returncode}")
    return json.loads(result.stdout)


# Places


def file_system(path):
    """The type of the file system that holds `path`, as /proc names it."""
    path = os.path.realpath(path)
    best = ("", "")
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, source = line.partition(" - ")
        mount = fields.split()[4].encode().decode("unicode_escape")
        # Later mounts hide earlier ones of the same place.
        if os.path.commonpath([mount, path]) == mount and len(mount) >= len(best[0]):
            best = (mount, source.split()[0])
    return best[1]


def has_journal(path):
    """Whether the ext4 that holds `path` has a journal; some images of virtual machines are made without."""
    number = os.stat(path).st_dev
    device = os.path.realpath(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}")
    return any(Path("/proc/fs/jbd2").glob(f"{os.path.basename(device)}-*"))


WITHOUT_JOURNAL = "ext4 without a journal"


def kind_of(directory):
    """What file system a directory is on; one that is on a disk."""
    kind = file_system(directory)
    if kind in ("tmpfs", "ramfs", "devtmpfs"):
        raise Failure(f"{directory} is on {kind}, where a sync does nothing; name a --directory on a disk")
    return WITHOUT_JOURNAL if kind == "ext4" and not has_journal(directory) else kind


# Of linux/fs.h: reads and sets the flags of chattr; `T` is that of a directory whose directories are unrelated.
FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_TOPDIR_FL = 0x80086601, 0x40086602, 0x00020000


def spread_directories(directory):
    """Has ext4 put each directory below this one into another part of the disk; elsewhere, does nothing.

    An ext4 without a journal passes over inodes that were freed in the last minutes, one by one, when it looks for a
    free one. Files that an earlier run has removed from the same part make the next run several times slower.
    """
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        flags = array.array("L", [0])
        fcntl.ioctl(descriptor, FS_IOC_GETFLAGS, flags)
        flags[0] |= FS_TOPDIR_FL
        fcntl.ioctl(descriptor, FS_IOC_SETFLAGS, flags)
    except OSError:
        pass
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def place_on_disk(directory):
    """A new directory on a real file system; it goes in the end with all that is in it.

    Nothing should be removed from it before: see `spread_directories`.
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    kind = kind_of(directory)
    # Short names: the server's control socket lies below, and a socket's path has at most 107 bytes.
    place = Path(tempfile.mkdtemp(prefix="r", dir=directory))
    spread_directories(place)
    try:
        yield place, kind
    finally:
        shutil.rmtree(place, ignore_errors=True)


def new_directory(place):
    """A new directory in a place; its name is new too, since ext4 derives its part of the disk from that."""
    return Path(tempfile.mkdtemp(prefix="", dir=place))


def settle():
    """Writes out what earlier work left, so that it is not paid for by what is measured next."""
    os.sync()


@contextlib.contextmanager
def running(storage, *arguments, **env):
    """A server on a new root, an empty directory."""
    if not larder.BINARY.exists():
        raise Failure(f"{larder.BINARY} is not there: build it for release, or name one in LARDER_BINARY")
    server = larder.Server(storage, *arguments, env=env)
    try:
        yield server.start()
        if server.stop() != 0:
            raise Failure("the server did not stop cleanly:\n" + server.log_text()[-4000:])
    finally:
        server.dispose()
        server.log.unlink(missing_ok=True)


# Requests


class Signer:
    """Signs requests by SigV4 as of now; with one key for all, tens of thousands take a second."""

    def __init__(self, host, access_key=larder.ACCESS_KEY, secret_key=larder.SECRET_KEY, region=larder.REGION):
        self.host = host
        self.date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        self.scope = f"{self.date[:8]}/{region}/s3/aws4_request"
        self.access_key = access_key
        key = ("AWS4" + secret_key).encode()
        for part in self.scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        self.key = key

    def request(self, method, path, body=b"", digest=None, content_type=None):
        """A request as it goes over the wire; `path` is one that needs no escapes, `digest` the body's SHA-256."""
        digest = digest or hashlib.sha256(body).hexdigest()
        signed = [("host", self.host), ("x-amz-content-sha256", digest), ("x-amz-date", self.date)]
        if content_type:
            signed.insert(0, ("content-type", content_type))
        names = ";".join(name for name, _ in signed)
        fields = "".join(f"{name}:{value}\n" for name, value in signed)
        canonical = f"{method}\n{path}\n\n{fields}\n{names}\n{digest}"
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{self.date}\n{self.scope}\n{hashed}"
        signature = hmac.digest(self.key, text.encode(), "sha256").hex()
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in signed)
        head += (
            f"Authorization: AWS4-HMAC-SHA256 Credential={self.access_key}/{self.scope}, "
            f"SignedHeaders={names}, Signature={signature}\r\n"
        )
        if method in ("PUT", "POST"):
            head += f"Content-Length: {len(body)}\r\n"
        return head.encode() + b"\r\n" + body


class Bodies:
    """Contents of one size that do not compress, with their digests; few enough to be made in no time."""

    def __init__(self, size, count=256):
        self.contents = [os.urandom(size) for _ in range(count)]
        self.digests = [hashlib.sha256(content).hexdigest() for content in self.contents]

    def __getitem__(self, index):
        index %= len(self.contents)
        return self.contents[index], self.digests[index]


def replay(server, requests, connections, body=None):
    """Sends prepared requests to a server; every one has to be answered with 200, and `body` bytes if given."""
    # In memory, since a file of them would be written to the disk that is measured.
    descriptor = os.memfd_create("requests")
    try:
        with open(descriptor, "wb", closefd=False) as file:
            for request in requests:
                file.write(struct.pack("<I", len(request)))
                file.write(request)
        options = ["--port", server.port, "--connections", connections, "--requests", f"/proc/self/fd/{descriptor}"]
        if body is not None:
            options += ["--body", body]
        try:
            return measure(build("http_load"), *options, pass_fds=[descriptor])
        except Failure as failure:
            raise Failure(f"{failure}; the server's log ends with\n{server.log_text()[-2000:]}") from None
    finally:
        os.close(descriptor)


# CPU time


def process_time(pid):
    """Microseconds of user and system time that a process has used."""
    # The name, in parentheses, may hold blanks.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) * TICK, int(fields[12]) * TICK


def machine_time():
    """Microseconds in which the processors of this machine were not idle."""
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) * TICK
