"""Collect the product's sentences, and check and compile their English.

`collect` rewrites the .po with every sentence now in use, keeping the English it has; `check` fails
when one has none or the compiled file is stale; `compile` writes the .mo that is shipped. Done with
Babel, so that no GNU gettext has to be installed.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "gongzhi/project/locale/en/LC_MESSAGES/django.po"
MO = PO.with_suffix(".mo")
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)  # the header's date, the same in every compilation
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def sources() -> Iterator[tuple[Path, str]]:
    """Python text of every module and template that may hold sentences."""
    for path in sorted((ROOT / "gongzhi").rglob("*")):
        parts = set(path.relative_to(ROOT).parts)
        if parts & {"tests", "migrations", "vendor"}:
            continue
        if path.suffix == ".py":
            yield path, path.read_text(encoding="utf-8")
        elif path.suffix in {".html", ".txt"} and "templates" in parts:
            yield path, templatize(path.read_text(encoding="utf-8"), origin=str(path))


def in_use() -> Catalog:
    """Every sentence in use, without translations."""
    catalog = Catalog(
        locale="en",
        project="Gongzhi",
        version="1",
        copyright_holder="the Gongzhi authors",
        msgid_bugs_address="see CONTRIBUTING.md",
        last_translator="the Gongzhi authors",
        language_team="English",
        charset="utf-8",
        fuzzy=False,
    )
    for path, text in sources():
        found = extract_python(io.BytesIO(text.encode()), list(KEYWORDS), [], {})
        for _line, keyword, words, _comments in found:
            words = (words,) if isinstance(words, str) else words
            texts = [w for w in words or () if w]
            if not texts:
                continue
            where = [(str(path.relative_to(ROOT)), 0)]
            if keyword.startswith("pgettext"):
                catalog.add(texts[1], context=texts[0], locations=where)
            elif keyword.startswith("ngettext"):
                catalog.add(tuple(texts[:2]), locations=where)
            else:
                catalog.add(texts[0], locations=where)
    return catalog


def merged() -> Catalog:
    """The sentences in use with the English known so far."""
    catalog = in_use()
    if PO.exists():
        known = read_po(io.BytesIO(PO.read_bytes()), locale="en")
        for message in catalog:
            old = known.get(message.id, message.context) if message.id else None
            if old is not None and old.string:
                message.string = old.string
    return catalog


def missing(catalog: Catalog) -> list[str]:
    """Sentences without English."""
    return [str(m.id) for m in catalog if m.id and not (m.string and all(_texts(m.string)))]


def _texts(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else string


def compiled(catalog: Catalog) -> bytes:
    """The .mo that belongs to the catalogue."""
    catalog.creation_date = catalog.revision_date = WRITTEN
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def main(verb: str) -> int:
    """Run one of collect, check, compile; the exit code is the answer."""
    if verb == "collect":
        PO.parent.mkdir(parents=True, exist_ok=True)
        out = io.BytesIO()
        write_po(out, merged(), width=100, omit_header=False, sort_output=True)
        # The header's dates would make every run differ.
        lines = [x for x in out.getvalue().decode().split("\n") if "-Date:" not in x]
        PO.write_text("\n".join(lines), encoding="utf-8")
        print(f"{len(missing(merged()))} without English")
        return 0
    if verb == "compile":
        MO.write_bytes(compiled(read_po(io.BytesIO(PO.read_bytes()), locale="en")))
        return 0
    if verb == "check":
        gaps = missing(merged())
        for sentence in gaps[:50]:
            print("no English:", sentence)
        stale = not MO.exists() or MO.read_bytes() != compiled(
            read_po(io.BytesIO(PO.read_bytes()), locale="en")
        )
        if stale:
            print("django.mo is stale: run `python tools/translations.py compile`")
        return 1 if gaps or stale else 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
