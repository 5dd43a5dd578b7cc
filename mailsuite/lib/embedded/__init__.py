"""Real PostgreSQL and Redis for a checkout, from PyPI wheels, where nobody provides any.

Where DATABASE_URL (or REDIS_URL) is not set, that server is started from its wheel, its URL
is put into the environment of this process and its future children, and it stops again with
its last user. Any number of processes of one checkout share one pair of servers; checkouts
know nothing of each other. `lease` tells how that survives every way a process can die.

Servers listen on a free loopback port and want a random password. Sockets in the file
system would spare the port, but their paths may have 107 bytes only, and Redis clients and
Celery do not agree on how to write such a URL.
"""

import atexit
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from mailsuite.lib.embedded.lease import lease
from mailsuite.lib.embedded.places import EmbeddedError

__all__ = ["EmbeddedError", "ensure", "servers"]

_VARIABLES = {"DATABASE_URL": "postgres", "REDIS_URL": "redis"}


def _missing() -> dict[str, str]:
    """Variables to fill in, with the server each needs. `NAME_FILE` counts as set."""
    return {
        variable: server
        for variable, server in _VARIABLES.items()
        if not os.environ.get(variable) and not os.environ.get(f"{variable}_FILE")
    }


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """Run the missing servers for the length of the block; yields the URLs that were filled in.

    Returns only when the servers are gone, if this was their last user.
    Raises `EmbeddedError`, with the way out, where a server cannot be had or does not start.
    """
    with ExitStack() as stack:
        urls = {
            variable: stack.enter_context(lease(server)) for variable, server in _missing().items()
        }
        os.environ.update(urls)
        try:
            yield urls
        finally:
            for variable in urls:
                os.environ.pop(variable, None)


def ensure() -> dict[str, str]:
    """The same until this process ends, for a place that has no block to wrap."""
    stack = ExitStack()
    urls = stack.enter_context(servers())
    owner = os.getpid()

    def leave() -> None:
        # A forked child runs the exit hooks of its parent too.
        if os.getpid() == owner:
            stack.close()

    atexit.register(leave)
    return urls
