"""Collect the product's sentences, and check and compile their English, package by package.

`collect` rewrites each package's .po with the sentences now in use there, keeping the English that
any package has for them; `check` fails when one has none or a compiled file is stale; `compile`
writes the .mo files that are shipped. Done with Babel, so that no GNU gettext has to be installed.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)  # the header's date, the same in every compilation
Key = tuple[tuple[str, ...], str | None]  # the sentence (with its plural) and its context
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


def packages() -> list[Path]:
    """The directories of the packages, in alphabetical order."""
    return sorted(path.parent for path in (ROOT / "gongzhi").glob("*/__init__.py"))


def po_of(package: Path) -> Path:
    """Where the English of a package is kept."""
    return package / "locale/en/LC_MESSAGES/django.po"


def sources(package: Path) -> Iterator[tuple[Path, str]]:
    """Python text of every module and template of the package that may hold sentences."""
    for path in sorted(package.rglob("*")):
        parts = set(path.relative_to(ROOT).parts)
        if parts & {"tests", "migrations", "vendor"}:
            continue
        if path.suffix == ".py":
            yield path, path.read_text(encoding="utf-8")
        elif path.suffix in {".html", ".txt"} and "templates" in parts:
            yield path, templatize(path.read_text(encoding="utf-8"), origin=str(path))


def in_use(package: Path) -> Catalog:
    """Every sentence in use in the package, without translations."""
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
    for path, text in sources(package):
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


def known() -> dict[Key, str | tuple[str, ...]]:
    """The English of every sentence; where two packages differ, the first one's."""
    found: dict[Key, str | tuple[str, ...]] = {}
    for po in filter(Path.exists, map(po_of, packages())):
        for message in read_po(io.BytesIO(po.read_bytes()), locale="en"):
            if message.id and message.string and all(_texts(message.string)):
                found.setdefault((_texts(message.id), message.context), message.string)
    return found


@cache
def merged() -> dict[Path, Catalog]:
    """Per package the sentences in use with the English known so far; empty ones are left out."""
    english, catalogs = known(), {}
    for package in packages():
        catalog = in_use(package)
        for message in catalog:
            key = _texts(message.id), message.context
            if message.id and key in english:
                message.string = english[key]
        if len(catalog):
            catalogs[package] = catalog
    return catalogs


def missing(catalogs: dict[Path, Catalog]) -> list[str]:
    """Sentences without English, with the package they stand in."""
    return [
        f"{package.name}: {m.id}"
        for package, catalog in catalogs.items()
        for m in catalog
        if m.id and not (m.string and all(_texts(m.string)))
    ]


def _texts(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else string


def _texts(string: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


def written(catalog: Catalog) -> str:
    """The .po that belongs to the catalogue."""
    out = io.BytesIO()
    write_po(out, catalog, width=100, omit_header=False, sort_output=True)
    # The header's dates would make every run differ.
    return "\n".join(x for x in out.getvalue().decode().split("\n") if "-Date:" not in x)


def compiled(po: Path) -> bytes:
    """The .mo that belongs to the .po."""
    catalog = read_po(io.BytesIO(po.read_bytes()), locale="en")
    catalog.creation_date = catalog.revision_date = WRITTEN
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def stale() -> list[Path]:
    """Compiled files that do not belong to their .po."""
    files = [po.with_suffix(".mo") for po in map(po_of, packages()) if po.exists()]
    return [mo for mo in files if not mo.exists() or mo.read_bytes() != compiled(_po(mo))]


def _po(mo: Path) -> Path:
    return mo.with_suffix(".po")


def collect() -> int:
    """Rewrite every .po; says how many sentences still lack their English."""
    catalogs = merged()
    for package in packages():
        po = po_of(package)
        if package in catalogs:
            po.parent.mkdir(parents=True, exist_ok=True)
            po.write_text(written(catalogs[package]), encoding="utf-8")
        else:
            po.unlink(missing_ok=True)
    print(f"{len(missing(catalogs))} without English")
    return 0


def compile_all() -> int:
    """Write every .mo."""
    for po in filter(Path.exists, map(po_of, packages())):
        po.with_suffix(".mo").write_bytes(compiled(po))
    return 0


def check() -> int:
    """Say what is missing or stale; 1 when anything is."""
    gaps, old = missing(merged()), stale()
    for sentence in gaps[:50]:
        print("no English:", sentence)
    for mo in old:
        print(f"{mo.relative_to(ROOT)} is stale: run `python tools/translations.py compile`")
    return 1 if gaps or old else 0


VERBS = {"collect": collect, "compile": compile_all, "check": check}

if __name__ == "__main__":
    verb = VERBS.get(sys.argv[1] if len(sys.argv) > 1 else "")
    print(__doc__) if verb is None else None
    sys.exit(verb() if verb else 2)
