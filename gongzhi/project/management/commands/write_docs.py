"""`gongzhi write_docs`: bring the generated pages of the manual up to date."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from gongzhi.project.described import pages


class Command(BaseCommand):
    """Writes only what has changed; tests fail while something has not been written."""

    help = "Write the generated pages under docs/ from the code."

    def handle(self, *args: Any, **options: Any) -> None:
        """Each page by itself."""
        for path, text in pages().items():
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                self.stdout.write(f"{path.relative_to(settings.ROOT)}")
