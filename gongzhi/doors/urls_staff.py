"""Addresses of the channel board."""

from django.urls import path

from gongzhi.doors import pages_staff

app_name = "doors"
urlpatterns = [
    path("", pages_staff.board, name="board"),
    path("answers/", pages_staff.answers, name="answers"),
    path("answers/<int:pk>/resend/", pages_staff.resend, name="resend"),
    path("answers/<int:pk>/told/", pages_staff.told_otherwise, name="told_otherwise"),
    path("partners/", pages_staff.partners, name="partners"),
    path("partners/<int:pk>/", pages_staff.partner, name="partner"),
]
