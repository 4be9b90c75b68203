"""Addresses of the device register."""

from django.urls import path

from gongzhi.sensing import pages_staff

app_name = "devices"
urlpatterns = [
    path("", pages_staff.register, name="register"),
    path("add/", pages_staff.add_device, name="add"),
    path("gateways/", pages_staff.add_gateway, name="add_gateway"),
    path("gateways/<int:pk>/secret/", pages_staff.renew_secret, name="renew_secret"),
    path("gateways/<int:pk>/shut/", pages_staff.shut_out, name="shut_out"),
    path("<int:pk>/", pages_staff.keep_up, name="keep_up"),
]
