"""Addresses of the desk's pages of the hotline."""

from django.urls import path

from gongzhi.doors.hotline import pages_staff

app_name = "hotline_desk"
urlpatterns = [
    path("", pages_staff.orders, name="orders"),
    path("<int:pk>/", pages_staff.order, name="order"),
    path("<int:pk>/receive/", pages_staff.receive, name="receive"),
    path("<int:pk>/return/", pages_staff.ask_return, name="ask_return"),
    path("<int:pk>/extend/", pages_staff.ask_extension, name="ask_extension"),
    path("files/", pages_staff.try_file, name="try_file"),
    path("files/template/", pages_staff.file_template, name="template"),
    path("files/<int:pk>/take/", pages_staff.take_file, name="take_file"),
    path("weekly/", pages_staff.weekly, name="weekly"),
]
