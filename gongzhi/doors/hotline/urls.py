"""Addresses the city's system calls."""

from django.urls import path

from gongzhi.doors.hotline import pages

app_name = "hotline"
urlpatterns = [
    path("orders", pages.orders, name="orders"),
    path("decisions", pages.decisions, name="decisions"),
]
