"""Open the debugger in a pseudo-terminal, see its screen, press q, and expect a clean end."""

import os
import pty
import select
import sys
import time

SEEN, SECONDS = "Wx·x".encode(), 60


def main(command: str) -> int:
    """Exit code 0 if the screen appeared and the command ended with 0."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ |= {"TERM": "xterm-256color", "LINES": "40", "COLUMNS": "120"}
        os.execvp("/bin/sh", ["/bin/sh", "-c", command])
    seen, asked, end = b"", False, time.monotonic() + SECONDS
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:
                break
        if SEEN in seen and not asked:
            os.write(terminal, b"q")
            asked = True
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if asked else 1
    print(f"screen {'seen' if asked else 'NOT seen'}, exit code {code}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
