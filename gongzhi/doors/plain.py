"""Plain words out of what other systems send: marked-up text becomes lines, nothing is run.

No Django, no database, no clock.
"""

import re
from html.parser import HTMLParser

# Only these are mark-up; anything else in angle brackets is somebody's own words (气温<5).
_BLOCKS = frozenset({
    "address", "article", "blockquote", "br", "caption", "center", "dd", "div", "dl", "dt", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table",
    "tbody", "td", "th", "thead", "title", "tr", "ul", "body", "head", "html",
})  # fmt: skip
_INLINE = frozenset({
    "a", "abbr", "b", "base", "big", "code", "em", "embed", "font", "form", "i", "img", "input",
    "label", "link", "meta", "o:p", "s", "small", "span", "strong", "sub", "sup", "svg", "u",
    "video", "button", "path",
})  # fmt: skip
_SILENT = frozenset({"script", "style", "iframe", "object", "noscript", "template", "select"})
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:]*)")
_KNOWN = _BLOCKS | _INLINE | _SILENT


def plain(text: str) -> str:
    """The text without mark-up, one line per block; text without known tags comes back as it is."""
    if not any(name.lower() in _KNOWN for name in _TAG.findall(text)):
        return text
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(reader.said).split("\n"))
    # Where a mark that is never closed would hide everything, the raw words are better than none.
    words = re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()
    return words or (text if reader.silent else "")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.silent:
            return
        if tag in _SILENT:
            self.silent = tag
        elif tag in _BLOCKS:
            self.said.append("\n")
        elif tag not in _INLINE:
            self.said.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SILENT:  # <script/> has no content that could follow it
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == self.silent:
            self.silent = ""
        elif not self.silent and tag in _BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(data)
