"""Addresses of the residents' case pages."""

from django.urls import path, re_path

from gongzhi.cases import pages_objecting, pages_resident, pages_tracking

app_name = "pocket"
NUMBER = r"(?P<number>GZ\d{12,24})"
urlpatterns = [
    path("report/", pages_resident.report, name="report"),
    path("report/near/", pages_resident.near, name="near"),
    path("report/join/", pages_resident.join, name="join"),
    re_path(rf"^report/done/{NUMBER}/$", pages_resident.done, name="done"),
    path("mine/", pages_tracking.mine, name="mine"),
    path("track/", pages_tracking.lookup, name="lookup"),
    re_path(rf"^track/{NUMBER}/$", pages_tracking.track, name="track"),
    re_path(rf"^track/{NUMBER}/add/$", pages_tracking.supplement, name="supplement"),
    re_path(rf"^track/{NUMBER}/rate/$", pages_tracking.rate, name="rate"),
    re_path(rf"^track/{NUMBER}/fixed/$", pages_objecting.fixed, name="fixed"),
    re_path(rf"^track/{NUMBER}/redo/$", pages_objecting.redo, name="redo"),
    re_path(rf"^track/{NUMBER}/appeal/$", pages_objecting.appeal, name="appeal"),
    path("solved/", pages_tracking.solved, name="solved"),
]
