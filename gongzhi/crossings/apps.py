"""Makes the crossings known when the product starts."""

from django.apps import AppConfig


class CrossingsConfig(AppConfig):
    """Where one domain sets another in motion."""

    name = "gongzhi.crossings"

    def ready(self) -> None:
        """Register the reactions under their stored names."""
        from gongzhi.crossings import (  # noqa: F401
            alarm_ends_case,
            alarm_opens_case,
            alarm_tells_duty,
            case_ends_alarm,
            erased_person_leaves_cases,
        )
