"""The address at which residents ask for mediation."""

from django.urls import path

from gongzhi.disputes import pages_resident

app_name = "mediation"
urlpatterns = [path("", pages_resident.ask, name="ask")]
