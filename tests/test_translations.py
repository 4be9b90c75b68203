"""Every sentence the product says has its English, and what is shipped is what was written."""

import re
import sys
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import translations


def test_every_sentence_has_its_english():
    assert translations.missing(translations.merged()) == []


def test_the_compiled_english_is_fresh():
    assert translations.stale() == []
    assert translations.check() == 0


def test_english_keeps_every_placeholder():
    marks = re.compile(r"%\(\w+\)s|%%")
    for message in chain.from_iterable(translations.merged().values()):
        for text in translations._texts(message.string or ""):
            ids = translations._texts(message.id or "")
            assert not message.id or set(marks.findall(text)) == set(marks.findall(ids[0])), ids
