"""Addresses of the demo's rehearsal."""

from django.urls import path

from gongzhi.demo import pages

app_name = "rehearsal"
urlpatterns = [
    path("", pages.start, name="start"),
    path("<int:pk>/", pages.play, name="play"),
]
