"""Flows: read from data, everything that can be wrong with one, told; no database, no clock."""

from gongzhi.flows.rules.asks import Ask, say_ask
from gongzhi.flows.rules.building import Unsound, flow_from
from gongzhi.flows.rules.faults import Fault, Offer, faults_of_people, faults_of_product
from gongzhi.flows.rules.shape import Flow, Limits, Move, State, Watch, lacking
from gongzhi.flows.rules.telling import Change, diagram, difference, say_limits

__all__ = [
    "Ask",
    "Change",
    "Fault",
    "Flow",
    "Limits",
    "Move",
    "Offer",
    "State",
    "Unsound",
    "Watch",
    "diagram",
    "difference",
    "faults_of_people",
    "faults_of_product",
    "flow_from",
    "lacking",
    "say_ask",
    "say_limits",
]
