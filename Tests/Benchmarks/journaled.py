"""Where durable writes are measured: on a file system with a journal.

An ext4 without one, which some images of virtual machines are, has little to do for a sync: the figure is the processor's
there, and a power cut leaves work for fsck. What is asked of a durable write is then measured on an ext4 with a journal, in
a file of that disk whose blocks were all written before, as those of a disk are.
"""

import contextlib
import shutil
import sys
import tempfile
from pathlib import Path

import harness
from harness import Failure

import disk_images

CHOICES = ["journaled", "here", "ext4", "xfs"]

# For the journal, which takes a fortieth, and for files that come in no time.
LEAST_BYTES = 4 << 30
MAKE = {
    "ext4": ["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0"],
    "xfs": ["mkfs.xfs", "-q"],
}


def choose(wanted, kind):
    """Which of `here`, `ext4` and `xfs` is meant, where the disk at hand is of this kind."""
    if wanted != "journaled":
        return wanted
    if kind != harness.WITHOUT_JOURNAL:
        return "here"
    obstacle = disk_images.obstacle("mkfs.ext4")
    if obstacle is None:
        return "ext4"
    print(f"note: this is {kind}, and there can be no image with one: {obstacle}", file=sys.stderr)
    return "here"


def image_bytes(files, size):
    """How large an image is for so many files: a file takes its blocks, and an inode for each 16 KiB there are."""
    return max(LEAST_BYTES, files * max(16 << 10, size + (8 << 10)) * 5 // 4)


def make_image(path, kind, size):
    if shutil.disk_usage(path.parent).free < size + (1 << 30):
        raise Failure(f"an image for so many files has {size >> 30} GiB, and {path.parent} has no room for that")
    print(f"making {kind} in a file of {size >> 30} GiB in {path.parent}", file=sys.stderr)
    disk_images.run("dd", "if=/dev/zero", f"of={path}", "bs=1M", f"count={size >> 20}", "conv=fsync", timeout=600)
    disk_images.run(*MAKE[kind], path)


@contextlib.contextmanager
def mounted_image(directory, kind, size):
    """A new file system in a file in `directory`; both go in the end."""
    obstacle = disk_images.obstacle(MAKE[kind][0])
    if obstacle is not None:
        raise Failure(obstacle)
    with tempfile.TemporaryDirectory(prefix="image-", dir=directory) as folder:
        image = Path(folder) / kind
        try:
            make_image(image, kind, size)
        except AssertionError as failure:
            raise Failure(str(failure)) from failure
        # In a place with a short name, as `harness.place_on_disk` says.
        with tempfile.TemporaryDirectory(prefix="larder-") as place:
            with disk_images.loop_device(image, "--direct-io=on") as device:
                with disk_images.mounted(device, Path(place)) as disk:
                    yield disk


@contextlib.contextmanager
def place_on_disk(directory, wanted, files, size):
    """As `harness.place_on_disk`, on one of the CHOICES, with room for so many files of a size."""
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    own = harness.kind_of(directory)
    chosen = choose(wanted, own)
    if chosen == "here":
        with harness.place_on_disk(directory) as (place, kind):
            yield place, kind
        return
    with mounted_image(directory, chosen, image_bytes(files, size)) as disk:
        with harness.place_on_disk(disk) as (place, kind):
            yield place, f"{kind} in a file on {own}"
