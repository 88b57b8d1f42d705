"""The aws command, started by fork.

It is the command's own code from its arguments to its exit status, with a session of its own for each call. What is
saved is the second that Python and the model of S3 take to load, which is most of what a call takes.

Run as a program it reads a call a line, `[arguments, file of standard output, of errors]`, and writes exit statuses.
"""

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading

TIMEOUT = 90


class AwsCommand:
    """The command in the environment of its making; calls are made one after another."""

    def __init__(self, env):
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, __file__], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        atexit.register(self._process.kill)

    def run(self, arguments):
        with self._lock, tempfile.TemporaryDirectory(prefix="larder-aws-") as folder:
            files = [f"{folder}/out", f"{folder}/err"]
            self._process.stdin.write(json.dumps([arguments, *files]) + "\n")
            self._process.stdin.flush()
            status = int(self._process.stdout.readline())
            texts = [open(file, encoding="utf-8", errors="replace").read() for file in files]
        return subprocess.CompletedProcess(["aws", *arguments], status, *texts)


def _serve():
    import awscli.clidriver

    # Loads all that S3 needs; the address is nobody's.
    warm = awscli.clidriver.create_clidriver()
    with contextlib.redirect_stderr(open(os.devnull, "w")):
        warm.main(["s3api", "list-buckets", "--endpoint-url", "http://127.0.0.1:1"])
    for line in sys.stdin:
        arguments, *files = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(_call(awscli.clidriver.create_clidriver(), warm, arguments, files))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _call(driver, warm, arguments, files):
    signal.alarm(TIMEOUT)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, file in enumerate(files, 1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    # What was read of the models may be shared; the session is this call's own.
    driver.session.register_component("data_loader", warm.session.get_component("data_loader"))
    try:
        status = driver.main(arguments)
    except SystemExit as exit_:
        status = exit_.code
    sys.stdout.flush()
    sys.stderr.flush()
    return status if isinstance(status, int) else 1


if __name__ == "__main__":
    _serve()
