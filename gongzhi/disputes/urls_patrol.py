"""Addresses of disputes on the mediator's phone."""

from django.urls import path

from gongzhi.disputes import pages_patrol

app_name = "disputes_patrol"
urlpatterns = [
    path("", pages_patrol.disputes, name="list"),
    path("<int:pk>/", pages_patrol.show, name="show"),
    path("<int:pk>/session/", pages_patrol.hold, name="hold"),
    path("<int:pk>/settle/", pages_patrol.settle, name="settle"),
    path("<int:pk>/guide/", pages_patrol.guide, name="guide"),
    path("<int:pk>/kept/", pages_patrol.follow_up, name="follow_up"),
    path("<int:pk>/broken/", pages_patrol.resume, name="resume"),
    path("<int:pk>/party/", pages_patrol.add_party, name="party"),
    path("<int:pk>/agree/", pages_patrol.agree, name="agree"),
    path("<int:pk>/reveal/", pages_patrol.reveal, name="reveal"),
]
