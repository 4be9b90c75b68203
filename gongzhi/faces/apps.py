"""The app of the four faces."""

from django.apps import AppConfig


class FacesConfig(AppConfig):
    """Layouts, menus, sign-in and the pages that join several domains."""

    name = "gongzhi.faces"
