"""The only place where the register changes."""

from gongzhi.residents.actions.intake import take_in_people
from gongzhi.residents.actions.intake_things import (
    take_in_components,
    take_in_dwellings,
    take_in_organisations,
)

__all__ = [
    "take_in_components",
    "take_in_dwellings",
    "take_in_organisations",
    "take_in_people",
]
