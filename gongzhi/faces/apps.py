"""The app of the four faces."""

from django.apps import AppConfig


class FacesConfig(AppConfig):
    """Layouts, menus, sign-in and the pages that join several domains."""

    name = "gongzhi.faces"

    def ready(self) -> None:
        """Let the journal be taken out."""
        from gongzhi.faces.tables import RECORD_LIST
        from gongzhi.sheets.kinds import writes_out

        writes_out(RECORD_LIST)
