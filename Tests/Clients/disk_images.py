"""Disk images: file systems in files, by way of loop devices. They need root."""

import os
import shutil
import subprocess
import time
from contextlib import contextmanager

_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def obstacle(*tools):
    """Why there can be none here, with these tools beside; None when there can."""
    if os.geteuid() != 0:
        return "disk images need root, for loop devices and mounts"
    missing = [tool for tool in (*tools, "losetup", "mount", "umount") if not shutil.which(tool, path=_PATH)]
    if missing:
        return f"disk images need {', '.join(missing)}: apt-get install xfsprogs e2fsprogs mount"
    if not os.path.exists("/dev/loop-control"):
        return "this kernel, or this container, has no loop devices"
    probe = run("losetup", "--find", check=False)
    return None if probe.returncode == 0 else f"there is no free loop device: {probe.stderr.strip()}"


def run(*command, check=True, timeout=60):
    """Runs a command, which may be one of the administrator's; gives its result with what it printed."""
    result = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=timeout, env={**os.environ, "PATH": _PATH}
    )
    assert not check or result.returncode == 0, f"{command}: {result.stdout}{result.stderr}"
    return result


def retried(action, tries=50):
    """Repeats what fails while the kernel still lets go of something."""
    for attempt in range(tries):
        try:
            return action()
        except AssertionError:
            if attempt == tries - 1:
                raise
            time.sleep(0.05)


@contextmanager
def loop_device(image, *options):
    """A loop device on a file."""
    device = run("losetup", "--find", "--show", *options, image).stdout.strip()
    try:
        yield device
    finally:
        run("losetup", "--detach", device)


@contextmanager
def mounted(device, place, *options):
    """A file system at a place."""
    place.mkdir(exist_ok=True)
    # What was unmounted lives on as long as any mount namespace that was made meanwhile, and XFS takes no second one.
    retried(lambda: run("mount", *options, device, place), 200)
    try:
        yield place
    finally:
        retried(lambda: run("umount", place))
