"""Addresses of disputes at the desk."""

from django.urls import path

from gongzhi.disputes import pages_staff

app_name = "disputes"
urlpatterns = [
    path("", pages_staff.disputes, name="list"),
    path("new/", pages_staff.new, name="new"),
    path("from/<int:pk>/", pages_staff.from_case, name="from_case"),
    path("mediators/", pages_staff.mediators, name="mediators"),
    path("<int:pk>/", pages_staff.show, name="show"),
    path("<int:pk>/sort/", pages_staff.sort, name="sort"),
    path("<int:pk>/risk/", pages_staff.rate, name="rate"),
    path("<int:pk>/assign/", pages_staff.assign, name="assign"),
    path("<int:pk>/review/", pages_staff.review, name="review"),
    path("<int:pk>/withdraw/", pages_staff.withdraw, name="withdraw"),
    path("<int:pk>/party/", pages_staff.add_party, name="party"),
    path("<int:pk>/agree/", pages_staff.agree, name="agree"),
    path("<int:pk>/reveal/", pages_staff.reveal, name="reveal"),
]
