"""The register as a part of the project."""

from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    """Makes its reactions known."""

    name = "gongzhi.residents"
