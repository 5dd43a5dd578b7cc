"""Real IMAP servers on loopback ports: Dovecot, where it is installed, and pymap from PyPI.

Each user is a mailbox of its own, made by its first login: a test takes one that nobody else has.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from imapclient import IMAPClient

from mailsuite.lib.children import dies_with_parent, stop
from tracking.mailboxes.values import Login, Security

PASSWORD = "sesame"
_PATIENCE_SECONDS = 20
_NUMBERS = itertools.count(1)


class ImapServer:
    """Keeps its mails in `folder`, so that they outlive a `restart`."""

    name: ClassVar[str]
    has_tls_from_the_start: ClassVar[bool]
    _process: subprocess.Popen[bytes] | None = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = folder / "certificate.pem"
        make_certificate(self.authority, folder / "key.pem")
        self.port, self.tls_port = _free_port(), _free_port()

    def start(self) -> None:
        log = (self.folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                self._command(),
                cwd=self.folder,
                stdout=log,
                stderr=log,
                preexec_fn=dies_with_parent(signal.SIGTERM),
                start_new_session=True,
                **self._account(),
            )
        gives_up = time.monotonic() + _PATIENCE_SECONDS
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < gives_up, (self.folder / "log").read_text()
            time.sleep(0.02)

    def stop(self) -> None:
        """With the processes that serve its connections."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGTERM)
            stop(self._process, [(signal.SIGTERM, _PATIENCE_SECONDS)])
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def login(self, user: str, security: Security = Security.NONE) -> Login:
        port = self.tls_port if security == Security.TLS else self.port
        return Login("127.0.0.1", port, security, user, PASSWORD)

    @contextmanager
    def client(self, user: str) -> Iterator[IMAPClient]:
        with IMAPClient("127.0.0.1", self.port, ssl=False) as client:
            client.login(user, PASSWORD)
            yield client

    def new_user(self, *folders: str) -> str:
        """Somebody with an inbox and these folders."""
        user = f"user{next(_NUMBERS)}"
        self._make_user(user)
        with self.client(user) as client:
            for folder in folders:
                client.create_folder(folder)
        return user

    def deliver(
        self, user: str, *mails: bytes, folder: str = "INBOX", at: dt.datetime | None = None
    ) -> None:
        arrived = {"date": at} if at else {}
        with self.client(user) as client:
            client.multiappend(folder, [{"msg": mail, **arrived} for mail in mails])

    def state(self, user: str, folder: str = "INBOX") -> dict[int, tuple[bytes, ...]]:
        """UID → flags, of all mails that are there."""
        with self.client(user) as client:
            client.select_folder(folder, readonly=True)
            told = client.fetch(client.search(), ["FLAGS"])
        return {uid: told[uid][b"FLAGS"] for uid in sorted(told)}

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _command(self) -> list[str | Path]:
        raise NotImplementedError

    def _account(self) -> dict[str, object]:
        return {}

    def _make_user(self, user: str) -> None:
        pass


class Dovecot(ImapServer):
    name = "dovecot"
    has_tls_from_the_start = True

    _CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 100
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Archief {{
    special_use = \\Archive
  }}
  mailbox Rommel {{
    special_use = \\Junk
  }}
  mailbox Eruit {{
    special_use = \\Sent
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""

    @classmethod
    def program(cls) -> str | None:
        """None also for another series than 2.3: each has words of its own for its settings."""
        found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if found is None:
            return None
        version = subprocess.run([found, "--version"], capture_output=True, check=False).stdout
        return found if version.startswith(b"2.3.") else None

    def _command(self) -> list[str | Path]:
        import grp
        import pwd

        who = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        settings = self.folder / "dovecot.conf"
        settings.write_text(
            self._CONFIGURATION.format(
                folder=self.folder,
                user=who.pw_name,
                group=grp.getgrgid(who.pw_gid).gr_name,
                password=PASSWORD,
                port=self.port,
                tls_port=self.tls_port,
            )
        )
        if os.getuid() == 0:
            for path in (self.folder, *self.folder.iterdir()):
                shutil.chown(path, "nobody")
        program = self.program()
        assert program is not None
        return [program, "-F", "-c", settings]

    def _account(self) -> dict[str, object]:
        """Dovecot insists on not handling mails as root."""
        if os.getuid() != 0:
            return {}
        import pwd

        nobody = pwd.getpwnam("nobody")
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


class Pymap(ImapServer):
    name = "pymap"
    has_tls_from_the_start = False

    def _command(self) -> list[str | Path]:
        (self.folder / "mail").mkdir(exist_ok=True)
        return [
            Path(sys.executable).with_name("pymap"),
            "--host", "127.0.0.1", "--port", str(self.port),
            "--cert", self.authority, "--key", self.folder / "key.pem",
            "maildir", self.folder / "mail",
        ]  # fmt: skip

    def _make_user(self, user: str) -> None:
        from pysasl.hashing import BuiltinHash

        secret = BuiltinHash(rounds=1).hash(PASSWORD)
        with (self.folder / "mail" / "pymap-etc-passwd").open("a") as users:
            users.write(f"{user}:x:1000:1000::{user}:\r\n")
        with (self.folder / "mail" / "pymap-etc-shadow").open("a") as secrets:
            secrets.write(f"{user}:{secret}:::::::\r\n")


@contextmanager
def running(kind: type[ImapServer]) -> Iterator[ImapServer]:
    """A server with a folder that Dovecot's own account can read, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp(prefix="imap-"))
    folder.chmod(0o755)
    server = kind(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def make_certificate(certificate: Path, key: Path) -> None:
    """For 127.0.0.1, and not for localhost. Signed by itself: its file is all one has to trust."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    began = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + dt.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
