"""Addresses of whistles on the phone."""

from django.urls import path

from gongzhi.whistles import pages_patrol

app_name = "whistles_patrol"
urlpatterns = [
    path("", pages_patrol.whistles, name="list"),
    path("<int:pk>/", pages_patrol.show, name="show"),
    path("<int:pk>/coming/", pages_patrol.acknowledge, name="coming"),
    path("<int:pk>/sign/", pages_patrol.sign_in, name="sign"),
]
