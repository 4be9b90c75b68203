"""The app of the doors."""

from django.apps import AppConfig


class DoorsConfig(AppConfig):
    """Partners and the folders of each door."""

    name = "gongzhi.doors"
