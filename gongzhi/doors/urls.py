"""Addresses of the doors: what machines call, what people scan, what staff look at."""

from django.urls import include, path

urlpatterns = [
    path("hooks/hotline/", include("gongzhi.doors.hotline.urls")),
]
