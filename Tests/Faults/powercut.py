"""Power cuts: copies of the disk that a server runs on, taken at any moment while it runs.

The server's disk is an ext4 image, a file on an XFS that is itself an image. XFS can copy a file by sharing its blocks
(FICLONE), which takes a moment and excludes writes to the file meanwhile.

What is simulated. ext4 hands its blocks to a loop device, which writes them to the image file. A copy of the file is
the sum of all writes that ext4 had *submitted and the loop device had completed* at one moment; what only ext4's page
cache or an open transaction of its journal holds is lost, as it is when the power goes. So a missing fsync, or one of
the wrong file or directory, shows.

What that does not simulate: a disk with a volatile cache that loses or reorders writes it has completed, which only a
flush brings to safety. Device mapper's log-writes would replay that; this does it without, by `VolatileDisk`. The loop
device there writes to the page cache of the image file, and to XFS only when ext4 asks for a flush (REQ_PREFLUSH and
REQ_FUA become an fsync of the image). Shutting XFS down without its log (XFS_IOC_GOINGDOWN) then loses every page of
the image that was not yet written back: all since the last flush, except ranges chosen at random that are written back
just before, in any order, as a disk may do. The unit of loss is a page of 4 KiB; a sector torn in the middle is not
simulated, and the bytes that a flush covers are never lost.
"""

import ctypes
import fcntl
import os
import shutil
import struct
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import disk_images
from disk_images import loop_device, mounted, retried, run

FICLONE = 0x40049409
XFS_IOC_GOINGDOWN = 0x8004587D
WITHOUT_LOG = 2
SYNC_FILE_RANGE_WRITE_AND_WAIT = 1 | 2 | 4

# mkfs.xfs refuses less than 300 MB.
OUTER_BYTES = 1 << 30
INNER_BYTES = 160 << 20
PAGE = 4096


def obstacle():
    """Why there can be no power cuts here; None when there can."""
    found = disk_images.obstacle("mkfs.xfs", "mkfs.ext4", "fsck.ext4")
    if found is not None:
        return found
    known = Path("/proc/filesystems").read_text().split()
    if "xfs" not in known and run("modprobe", "xfs", check=False).returncode != 0:
        return "this kernel has no XFS, which the copies need"
    return None


@contextmanager
def scratch():
    """A folder for images: in memory where there is room, since what is tested is order and not speed."""
    shm = Path("/dev/shm")
    has_room = shm.is_dir() and shutil.disk_usage(shm).free > 2 * OUTER_BYTES
    path = Path(tempfile.mkdtemp(prefix="larder-power-", dir=shm if has_room else None))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def make_outer(folder):
    """An empty XFS image that can share blocks."""
    image = folder / "outer.img"
    with open(image, "wb") as file:
        file.truncate(OUTER_BYTES)
    run("mkfs.xfs", "-q", "-m", "reflink=1", image)
    return image


def make_inner(folder):
    """An ext4 image whose blocks are all written, so that later writes go in place."""
    image = folder / "disk.img"
    with open(image, "wb") as file:
        for _ in range(INNER_BYTES >> 20):
            file.write(bytes(1 << 20))
    run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image)
    with open(image, "rb") as file:
        os.fsync(file.fileno())
    return image


class CopiedDisk:
    """A disk whose state at any moment can be copied. Used as a context; `place` is where it is mounted."""

    def __enter__(self):
        with ExitStack() as stack:
            self._folder = stack.enter_context(scratch())
            outer = stack.enter_context(loop_device(make_outer(self._folder)))
            self._outer = stack.enter_context(mounted(outer, self._folder / "outer"))
            self._image = make_inner(self._outer)
            self.is_direct = True
            try:
                device = stack.enter_context(loop_device(self._image, "--direct-io=on"))
            except AssertionError:
                # Without it the copy first has the dirty pages of the image written, under the same exclusion.
                self.is_direct = False
                device = stack.enter_context(loop_device(self._image))
            self.place = stack.enter_context(mounted(device, self._folder / "disk"))
            self._stack = stack.pop_all()
        self._count = 0
        return self

    def __exit__(self, *exception):
        self._stack.close()

    def copy(self):
        """Copies the disk; returns the copy and the moments between which it was taken."""
        copy = self._outer / f"copy{self._count}.img"
        self._count += 1
        with open(self._image, "rb") as source, open(copy, "wb") as target:
            since = time.monotonic()
            fcntl.ioctl(target.fileno(), FICLONE, source.fileno())
            until = time.monotonic()
        return copy, since, until

    @contextmanager
    def opened(self, copy):
        """Mounts a copy, which replays its journal, and checks it when it is done with."""
        try:
            with loop_device(copy) as device:
                with mounted(device, self._folder / "after") as place:
                    yield place
                retried(lambda: check_file_system(device))
        finally:
            copy.unlink()


class VolatileDisk:
    """A disk with a cache that a power cut empties. `cut` takes the power away and gives it back."""

    def __enter__(self):
        self._scratch = scratch()
        self._folder = self._scratch.__enter__()
        self._stack = ExitStack()
        try:
            self._outer_image = make_outer(self._folder)
            self._connect_outer()
            make_inner(self._outer)
            self._connect_inner()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception):
        try:
            self._stack.close()
        finally:
            self._scratch.__exit__(None, None, None)

    def _connect_outer(self):
        outer = self._stack.enter_context(loop_device(self._outer_image))
        self._outer = self._stack.enter_context(mounted(outer, self._folder / "outer"))
        self._image = self._outer / "disk.img"

    def _connect_inner(self):
        # Not direct: the page cache of the image is the cache of the disk.
        self._device = self._stack.enter_context(loop_device(self._image, "--direct-io=off"))
        self.place = self._stack.enter_context(mounted(self._device, self._folder / "disk"))

    def cut(self, rng, survivors):
        """Cuts the power while the server runs; `survivors` is the share of unflushed pages that get to the disk."""
        since = time.monotonic()
        with open(self._image, "rb") as image, _directory(self._outer) as top:
            if survivors > 0:
                write_back(image.fileno(), rng, survivors)
            fcntl.ioctl(top, XFS_IOC_GOINGDOWN, struct.pack("I", WITHOUT_LOG))
        return since, time.monotonic()

    def reconnect(self):
        """After a cut, with nobody left on the disk: brings back what reached it."""
        stack, self._stack = self._stack, ExitStack()
        stack.close()
        self._connect_outer()
        self._connect_inner()

    def check(self):
        """Unmounts, checks the file system and mounts again."""
        retried(lambda: run("umount", self.place))
        retried(lambda: check_file_system(self._device))
        run("mount", self._device, self.place)


@contextmanager
def _directory(path):
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def write_back(descriptor, rng, share):
    """Has a share of the file's dirty pages written, in ranges chosen at random. No flush: nothing is made safe."""
    sync_file_range = ctypes.CDLL(None, use_errno=True).sync_file_range
    piece = 16 * PAGE
    places = [offset for offset in range(0, INNER_BYTES, piece) if rng.random() < share]
    rng.shuffle(places)
    for offset in places:
        sync_file_range(
            ctypes.c_int(descriptor),
            ctypes.c_int64(offset),
            ctypes.c_int64(piece),
            ctypes.c_uint(SYNC_FILE_RANGE_WRITE_AND_WAIT),
        )


def check_file_system(device):
    """Fails unless fsck finds nothing wrong in an ext4 that was unmounted cleanly."""
    result = run("fsck.ext4", "-f", "-n", device, check=False)
    assert result.returncode == 0, f"fsck.ext4: {result.stdout}{result.stderr}"
