"""A report sent from a phone, as several journeys begin."""

import re

from playwright.sync_api import Page


def reported(phone: Page, where: tuple[float, float], text: str) -> str:
    """Report it there and give the number; something alike that is known nearby is another one."""
    lng, lat = where
    phone.goto(f"/report/?lng={lng}&lat={lat}")
    phone.locator("#text").fill(text)
    phone.locator("#send").click()
    phone.wait_for_url(re.compile(r"/(report/done|track|report)/"))
    if "/done/" not in phone.url:
        phone.get_by_role("button", name=re.compile("不是|仍要|继续")).first.click()
        phone.wait_for_url("**/done/**")
    return phone.url.rstrip("/").rsplit("/", 1)[-1]
