"""The only place where the register changes."""

from gongzhi.residents.actions.intake import take_in_people

__all__ = ["take_in_people"]
