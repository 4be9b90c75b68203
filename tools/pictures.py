"""Photographs the running demo for the first page: tools/pictures.py http://127.0.0.1:8000"""

import io
import sys
from pathlib import Path

import services
from PIL import Image
from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PASSWORD = "gongzhi-demo"
SHOTS = [  # name, account, address, width, height, whether a phone
    ("wall", "lingdao01", "/wall/", 1920, 1080, False),
    ("desk", "diaodu01", "/desk/", 1440, 900, False),
    ("pocket", "", "/", 390, 844, True),
    ("patrol", "wangge01", "/patrol/", 390, 844, True),
]


def main(home: str) -> None:
    """One picture after the other."""
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=services.chromium(),
            args=["--no-sandbox", "--disable-quic", "--disable-background-networking"],
        )
        for name, account, path, width, height, phone in SHOTS:
            context = browser.new_context(
                base_url=home,
                viewport={"width": width, "height": height},
                device_scale_factor=2 if phone else 1,
                is_mobile=phone,
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
            )
            page = context.new_page()
            if account:
                sign_in(page, account)
            page.goto(path)
            if name == "desk":
                page.locator("#rows .row").first.click()
            page.wait_for_timeout(12_000 if name == "wall" else 2_500)
            keep(page.screenshot(), PICTURES / f"{name}.png")
            context.close()
        browser.close()


def sign_in(page: Page, account: str) -> None:
    """Through the form."""
    page.goto("/login/")
    page.get_by_label("账号").fill(account)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


def keep(shot: bytes, path: Path) -> None:
    """With few enough colours to be light."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    picture.quantize(200, method=Image.Quantize.MEDIANCUT).save(path, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
