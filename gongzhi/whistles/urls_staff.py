"""Addresses of whistles at the desk."""

from django.urls import path

from gongzhi.whistles import pages_staff

app_name = "whistles"
urlpatterns = [
    path("", pages_staff.whistles, name="list"),
    path("blow/<int:pk>/", pages_staff.blow, name="blow"),
    path("<int:pk>/", pages_staff.show, name="show"),
    path("<int:pk>/vouch/", pages_staff.vouch, name="vouch"),
    path("<int:pk>/minutes/", pages_staff.keep_minutes, name="minutes"),
    path("<int:pk>/task/", pages_staff.give_task, name="task"),
    path("<int:pk>/end/", pages_staff.end, name="end"),
    path("<int:pk>/off/", pages_staff.call_off, name="off"),
]
