"""The styles of the phone faces, inlined into each page and let through by their fingerprint."""

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "static" / "faces"
PARTS = ("tokens.css", "chips.css", "core.css")
# Without scripts: what needs them is hidden, and file fields show themselves what was chosen.
NO_SCRIPT = (
    ".js{display:none!important}"
    ".shots:not(.shown){display:block}"
    ".shot.add,.shot.add>*,.pick input{position:static;height:auto;padding:0}"
    ".shot.add,.pick{padding:12px;flex-direction:column;border-radius:18px}"
    ".quick{grid-template-columns:1fr}"
    ".shot.add span{margin-bottom:8px}"
    ".shot.add input,.pick input{opacity:1;font-size:1rem}"
)


@lru_cache(maxsize=1)
def core_css() -> str:
    """The styles as they stand in the page: comments and needless blanks gone."""
    return minified("\n".join((FOLDER / part).read_text(encoding="utf-8") for part in PARTS))


def style_sources() -> list[str]:
    """What style-src must allow for the inlined styles."""
    return [f"'sha256-{_digest(style)}'" for style in (core_css(), NO_SCRIPT)]


def minified(css: str) -> str:
    """Shorter, meaning the same. Blanks stay where they may mean something (calc, selectors)."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,]) ?", r"\1", css)
    css = re.sub(r": (?=[^{}]*[;}])", ":", css)
    return css.replace(";}", "}").strip()


def _digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
