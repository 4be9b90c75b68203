"""A small demo, started as a newcomer starts it, and browsers the size of what people hold."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "gongzhi-demo"
CASES = 400
STARTED_WITHIN = 300  # seconds, on a machine that has other work to do
PATIENCE = 15_000  # milliseconds for anything that is not promised to be faster
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
]  # fmt: skip
SERIOUS = {"serious", "critical"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a journey."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@dataclass(frozen=True)
class Demo:
    """A running demo."""

    home: str
    data: Path

    def spot(self, code: str) -> tuple[float, float]:
        """A position (lng, lat) inside the area with this code."""
        with sqlite3.connect(f"file:{self.data}/gongzhi.sqlite3?mode=ro", uri=True) as rows:
            found = rows.execute("SELECT lng, lat FROM places_area WHERE code = ?", [code])
            return tuple(found.fetchone())


def _free_port() -> int:
    """A port with some free ones above it: the demo takes the next for its live stream."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def gongzhi() -> Iterator[Demo]:
    """`gongzhi demo`, with fewer cases, in a directory of its own."""
    data = Path(tempfile.mkdtemp(prefix="gz-e2e-"))
    port = _free_port()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GONGZHI_", "DJANGO_"))}
    env |= {"GONGZHI_DATA": str(data), "GONGZHI_REPORTS_PER_ADDRESS": "100000"}
    env["GONGZHI_LADDER_MINUTE"] = "1"  # the elders' ladder reaches the doorstep in 25 seconds
    command = [sys.executable, str(ROOT / "manage.py"), "demo", "--port", str(port)]
    log = data.with_suffix(".log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--cases", str(CASES)], env=env, stdout=out, stderr=out, cwd=ROOT
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/readyz", process, log)
        yield Demo(f"http://127.0.0.1:{port}", data)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        shutil.rmtree(data, ignore_errors=True)
        log.unlink()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            assert process.poll() is None, log.read_text(encoding="utf-8")[-4000:]
            time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8")[-4000:])


# ── browsers ──────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium."""
    path = os.environ.get("GONGZHI_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    browser = playwright.chromium.launch(executable_path=path, args=ARGS)
    yield browser
    browser.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What browsers complained about: errors of scripts, blocked content, failed requests."""
    found: list[str] = []
    yield found
    assert not found, "\n".join(found)


@pytest.fixture
def window(
    chromium: Browser, gongzhi: Demo, complaints: list[str]
) -> Iterator[Callable[..., Page]]:
    """`window(390, 844, phone=True)`: a page of a fresh browser; options go to the context."""
    opened: list[BrowserContext] = []

    def make(width: int, height: int, *, phone: bool = False, **options: object) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            is_mobile=phone,
            has_touch=phone,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=gongzhi.home,
            **options,
        )
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda m: complaints.append(f"{page.url}: {m.text}") if m.type == "error" else None,
        )
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error.stack}"))
        return page

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def phone(window: Callable[..., Page], gongzhi: Demo) -> Page:
    """A resident's phone, standing in the first grid."""
    lng, lat = gongzhi.spot("349901001001-01")
    return window(
        390,
        844,
        phone=True,
        geolocation={"longitude": lng, "latitude": lat, "accuracy": 20},
        permissions=["geolocation"],
    )


@pytest.fixture
def patrol(window: Callable[..., Page]) -> Page:
    """A grid worker's phone."""
    return window(390, 844, phone=True)


@pytest.fixture
def desk(window: Callable[..., Page]) -> Page:
    """A laptop on a desk."""
    return window(1440, 900)


@pytest.fixture
def wall(window: Callable[..., Page]) -> Page:
    """The command screen."""
    return window(1920, 1080)


@pytest.fixture
def sign_in() -> Callable[[Page, str], None]:
    """`sign_in(page, "diaodu01")`: through the form, as people do."""

    def enter(page: Page, username: str) -> None:
        page.goto("/login/")
        page.get_by_label("账号").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url(lambda url: "/login/" not in url)

    return enter


@pytest.fixture
def no_axe_violations() -> Callable[[Page], None]:
    """Fails when axe-core finds anything serious or critical on the page."""

    def check(page: Page) -> None:
        found = Axe().run(page).response["violations"]
        bad = [
            f"{v['id']}: {v['help']}\n    " + "\n    ".join(n["html"][:160] for n in v["nodes"][:5])
            for v in found
            if v["impact"] in SERIOUS
        ]
        assert not bad, page.url + "\n" + "\n".join(bad)

    return check


@pytest.fixture
def photo() -> dict[str, object]:
    """A photograph as a phone sends it."""
    picture = Image.new("RGB", (1600, 1200), (120, 130, 140))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((700, 200, 760, 1100), fill=(60, 60, 64))
    draw.ellipse((640, 120, 820, 240), fill=(40, 40, 44))
    out = BytesIO()
    picture.save(out, "JPEG", quality=85)
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
