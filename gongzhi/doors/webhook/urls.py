"""The address other platforms call."""

from django.urls import path

from gongzhi.doors.webhook import pages

app_name = "webhook"
urlpatterns = [path("events", pages.events, name="events")]
