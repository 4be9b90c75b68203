"""Addresses of what the desk does about letters that made no case."""

from django.urls import path

from gongzhi.doors.mail import pages_staff

app_name = "mail_desk"
urlpatterns = [
    path("<int:pk>/resend/", pages_staff.resend, name="resend"),
    path("<int:pk>/told/", pages_staff.told_otherwise, name="told_otherwise"),
]
