"""PostgreSQL, Mosquitto and Dovecot of our own, in temporary directories, ended by their ids."""

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def program(name: str) -> str | None:
    """Where a program is: on the path, or where Debian keeps PostgreSQL's and root's."""
    places = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path("/usr/sbin")]
    found = [str(p / name) for p in places if (p / name).is_file()]
    return (
        found[0]
        if found and "postgresql" in found[0]
        else shutil.which(name) or next(iter(found), None)
    )


def chromium() -> str | None:
    """The system's browser."""
    given = os.environ.get("GONGZHI_CHROMIUM")
    return given or program("chromium") or program("chromium-browser") or program("google-chrome")


@contextmanager
def postgresql(
    name: str = "gongzhi", *, durable: bool = False, buffers: str = "128MB"
) -> Iterator[dict[str, str]]:
    """A cluster that listens on a private socket only; gives the environment to reach it.

    Not durable for tests; `durable=True` for benchmarks, with fsync as in production, and more
    `buffers` for a large city.
    """
    initdb, postgres = program("initdb"), program("postgres")
    if initdb is None or postgres is None:
        raise FileNotFoundError("postgresql")
    home = Path(tempfile.mkdtemp(prefix="gz-pg-", dir="/tmp"))
    user = _not_root()
    as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    if user:
        shutil.chown(home, user)
    try:
        data = home / "data"
        subprocess.run(
            [initdb, "-D", data, "-U", "gongzhi", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
             *([] if durable else ["--no-sync"])],
            check=True, stdout=subprocess.DEVNULL, cwd=home, **as_user,
        )  # fmt: skip
        options = {"listen_addresses": "", "unix_socket_directories": str(home)}
        options |= {"max_connections": "120", "shared_buffers": buffers}
        if not durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        switches = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                [postgres, "-D", data, *switches], stdout=log, stderr=log, cwd=home, **as_user
            )
        try:
            wait_for(lambda: (home / ".s.PGSQL.5432").exists() and _answers(home), server, home)
            _psql(home, "template1", f'CREATE DATABASE "{name}"')
            yield {
                "GONGZHI_PG_NAME": name,
                "GONGZHI_PG_USER": "gongzhi",
                "GONGZHI_PG_HOST": str(home),
                "GONGZHI_PG_PORT": "5432",
                "GONGZHI_PG_PID": str(server.pid),
            }
        finally:
            _end(server, signal.SIGINT)  # ends connections at once, writes what is open
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def mosquitto() -> Iterator[dict[str, str]]:
    """A broker on a free port of this machine; gives the environment to reach it."""
    broker = program("mosquitto")
    if broker is None:
        raise FileNotFoundError("mosquitto")
    with tempfile.TemporaryDirectory(prefix="gz-mq-") as home, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        config = Path(home) / "mosquitto.conf"
        # Without the last two lines a burst of messages is lost silently.
        config.write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
            "max_queued_messages 0\nmax_inflight_messages 0\n"
        )
        os.chmod(home, 0o755)
        server = subprocess.Popen(
            [broker, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_for(lambda: listens(port), server, Path(home))
            yield {"GONGZHI_MQTT_HOST": "127.0.0.1", "GONGZHI_MQTT_PORT": str(port)}
        finally:
            _end(server, signal.SIGTERM)


DOVECOT = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
ssl = no
disable_plaintext_auth = no
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
mail_location = maildir:{home}/mail/%u
mail_max_userip_connections = 100
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""


@contextmanager
def dovecot(users: dict[str, str], *, port: int = 0) -> Iterator[tuple[int, Path]]:
    """An IMAP server on this machine for these users and passwords; gives its port and the
    directory that holds a Maildir for each of them. `port` starts one again where it was.
    """
    server_program = program("dovecot")
    if server_program is None:
        raise FileNotFoundError("dovecot")
    home = Path(tempfile.mkdtemp(prefix="gz-im-", dir="/tmp"))
    try:
        with dovecot_in(home, users, port=port) as port:
            yield port, home / "mail"
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def dovecot_in(home: Path, users: dict[str, str], *, port: int = 0) -> Iterator[int]:
    """The same in a directory that stays, so that a server can be away for a while."""
    root = os.geteuid() == 0
    me = pwd.getpwuid(os.geteuid())
    # Dovecot refuses to touch mail as root: the user it was installed with reads it instead.
    owner = pwd.getpwnam("nobody") if root else me
    internal = pwd.getpwnam("dovecot") if root else me
    (home / "mail").mkdir(exist_ok=True)
    os.chmod(home, 0o755)
    for user in users:
        (home / "mail" / user).mkdir(exist_ok=True)
        if root:
            os.chown(home / "mail" / user, owner.pw_uid, owner.pw_gid)
    (home / "users").write_text("".join(f"{u}:{p}\n" for u, p in users.items()))
    port = port or free_port()
    (home / "conf").write_text(
        DOVECOT.format(
            home=home,
            port=port,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            internal=internal.pw_name,
            internal_group=grp.getgrgid(internal.pw_gid).gr_name,
            login="dovenull" if root else me.pw_name,
        )
    )
    server = subprocess.Popen(
        [program("dovecot"), "-F", "-c", str(home / "conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: listens(port), server, home)
        yield port
    finally:
        _end(server, signal.SIGTERM)


def free_port() -> int:
    """One that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _not_root() -> str | None:
    """PostgreSQL refuses to run as root: the user it was installed with, else nobody."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam("postgres").pw_name
    return "nobody"


def _psql(home: Path, database: str, command: str) -> None:
    import psycopg

    with psycopg.connect(host=str(home), user="gongzhi", dbname=database, autocommit=True) as one:
        one.execute(command)


def _answers(home: Path) -> bool:
    try:
        _psql(home, "template1", "SELECT 1")
    except Exception:
        return False
    return True


def listens(port: int) -> bool:
    """Whether somebody does."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(ready, server: subprocess.Popen, home: Path) -> None:
    """Until `ready()`; RuntimeError with the log when the server ended, TimeoutError after 30 s."""
    for _try in range(300):
        if ready():
            return
        if server.poll() is not None:
            log = home / "log"
            raise RuntimeError(log.read_text()[-2000:] if log.exists() else "it ended at once")
        time.sleep(0.1)
    raise TimeoutError("the service did not start in 30 seconds")


def _end(server: subprocess.Popen, how: signal.Signals) -> None:
    if server.poll() is None:
        server.send_signal(how)
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
