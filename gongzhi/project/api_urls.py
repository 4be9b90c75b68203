"""The address of the machine interface; a second version would stand beside it."""

from django.urls import path

from gongzhi.project.api import api

urlpatterns = [path("v1/", api.urls)]
