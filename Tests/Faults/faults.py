"""Makes chosen system calls of a running server fail, and moves its clock: the test's side of shim/faults.c."""

import mmap
import os
import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).parent / "shim/faults.c"

# The order is that of `enum function` in faults.c.
FUNCTIONS = (
    "write pwrite fsync fdatasync rename link unlink mkdir setxattr truncate open pread futimens getxattr copy syncfs"
).split()
_BITS = {name: 1 << position for position, name in enumerate(FUNCTIONS)}

_MAGIC = 0x73746C7561666C31
_RULE_BYTES = 256
_RULE_COUNT = 16
_HEADER_BYTES = 256
_PATTERN_BYTES = 224
_CLOCK_OFFSET = 8
_RULE = struct.Struct("<IIiIIIII")
_ARMED, _HITS = 0, 28
_MODES = ("fail", "short", "stall", "pass")

FOR_EVER = 0xFFFFFFFF


def build(folder):
    """Compiles the shim and returns the library."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    assert compiler, "no C compiler: apt-get install gcc"
    library = Path(folder) / "faults.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O2", "-std=c17", "-Wall", "-Wextra", "-o", library, SOURCE],
        check=True,
        timeout=60,
    )
    return library


class Rule:
    """One fault; `hits` tells whether it came to pass."""

    def __init__(self, faults, place):
        self._faults = faults
        self._place = place

    @property
    def hits(self):
        return struct.unpack_from("<I", self._faults.board, self._place + _HITS)[0]

    def clear(self):
        """From now on it does nothing; `hits` stays."""
        struct.pack_into("<I", self._faults.board, self._place + _ARMED, 0)


class Faults:
    """The rules of one server. Outlives its restarts; `env` has it loaded."""

    def __init__(self, library, folder):
        self.path = Path(folder) / "faults.board"
        size = _HEADER_BYTES + _RULE_BYTES * _RULE_COUNT
        self.path.write_bytes(struct.pack("<Q", _MAGIC).ljust(size, b"\0"))
        with open(self.path, "r+b") as file:
            self.board = mmap.mmap(file.fileno(), size)
        self.env = {"LD_PRELOAD": str(library), "LARDER_FAULTS": str(self.path)}
        self._count = 0

    def arm(self, functions, path, error=0, *, after=0, times=FOR_EVER, mode="fail"):
        """From now on calls of these functions (a name, or several) on paths that contain `path` fail.

        `after` of them go through first, `times` are hit then. In mode "short" they transfer half of what they were
        given instead, in mode "stall" they wait until the rule is cleared and go through then, in mode "pass" they go
        through and are counted.
        """
        assert self._count < _RULE_COUNT, "a board has a bounded number of rules"
        place = _HEADER_BYTES + _RULE_BYTES * self._count
        self._count += 1
        bits = sum(_BITS[name] for name in functions.split())
        pattern = os.fsencode(path)
        assert len(pattern) < _PATTERN_BYTES, "a pattern is part of a path"
        self.board[place + _RULE.size : place + _RULE_BYTES] = pattern.ljust(_PATTERN_BYTES, b"\0")
        _RULE.pack_into(self.board, place, 0, bits, error, _MODES.index(mode), after, times, 0, 0)
        struct.pack_into("<I", self.board, place + _ARMED, 1)
        return Rule(self, place)

    def clear(self):
        """Ends all faults; the clock stays where it is."""
        for number in range(self._count):
            struct.pack_into("<I", self.board, _HEADER_BYTES + _RULE_BYTES * number + _ARMED, 0)
        self._count = 0

    def set_clock(self, seconds):
        """The server's wall clock is this far ahead from now on; negative for behind."""
        struct.pack_into("<q", self.board, _CLOCK_OFFSET, int(seconds * 1_000_000_000))
