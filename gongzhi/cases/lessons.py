"""What closed cases teach the classifier: their words, and the item they were closed under."""

from collections.abc import Iterator

from gongzhi.cases.actions.report import NO_WORDS
from gongzhi.cases.models import Case
from gongzhi.cases.words import Status
from gongzhi.catalogue.learning import gives_pairs


@gives_pairs(called="cases")
def closed() -> Iterator[tuple[str, str]]:
    """(text, item code) of each closed case that said something in words, oldest first."""
    rows = Case.objects.filter(status=Status.CLOSED, item__isnull=False).exclude(text=NO_WORDS)
    yield from rows.order_by("pk").values_list("text", "item__code").iterator(chunk_size=2000)
