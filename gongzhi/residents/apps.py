"""The register as a part of the project."""

from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    """Makes its reactions and its tables known."""

    name = "gongzhi.residents"

    def ready(self) -> None:
        """Let people, homes, organisations and components be read in, and lists taken out."""
        from gongzhi.residents import daily  # noqa: F401 - the worker decides tags once a day
        from gongzhi.residents.tables.found import COMPONENT_LIST, HOME_LIST, ORGANISATION_LIST
        from gongzhi.residents.tables.lists import PEOPLE_LIST
        from gongzhi.residents.tables.people import PEOPLE
        from gongzhi.residents.tables.things import COMPONENTS, DWELLINGS, ORGANISATIONS
        from gongzhi.sheets.kinds import takes_in, writes_out

        takes_in(PEOPLE, DWELLINGS, ORGANISATIONS, COMPONENTS)
        writes_out(PEOPLE_LIST, HOME_LIST, ORGANISATION_LIST, COMPONENT_LIST)
