"""Addresses of visit rounds at the desk."""

from django.urls import path

from gongzhi.visits import pages_staff

app_name = "visits"
urlpatterns = [
    path("", pages_staff.rounds, name="list"),
    path("begin/", pages_staff.begin, name="begin"),
    path("<int:pk>/", pages_staff.show, name="show"),
    path("<int:pk>/withdraw/", pages_staff.withdraw, name="withdraw"),
]
