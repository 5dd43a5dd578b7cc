"""Redis for development: in memory only, since losing Redis loses nothing."""

import secrets
import signal
import subprocess
import time
from pathlib import Path

import redis

from mailsuite.lib.embedded.places import account, make_folder
from mailsuite.lib.embedded.process import ServerProcess, on_free_port, spawn
from mailsuite.lib.embedded.programs import redis_program

STOP = signal.SIGTERM
CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
save ""
databases 1024
appendonly no
maxmemory-policy noeviction
"""


def start(folder: Path) -> ServerProcess:
    program = redis_program()
    data = make_folder(folder / "data", owner=account())
    password = secrets.token_urlsafe(24)

    def attempt(port: int) -> ServerProcess | None:
        # Through standard input: arguments can be read by every account of the machine.
        config = CONFIG.format(port=port, password=password)
        process = spawn([program, "-"], folder=data, stop_signal=STOP, config=config)
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        return ServerProcess(url, process, STOP) if _is_ready(process, url) else None

    return on_free_port(attempt, "Redis")


def _is_ready(process: subprocess.Popen[bytes], url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        while process.poll() is None:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                time.sleep(0.02)
    return False
