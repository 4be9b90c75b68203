"""Addresses of tables that come in and go out."""

from django.urls import path

from gongzhi.sheets import pages_incoming, pages_staff

app_name = "tables"
urlpatterns = [
    path("", pages_staff.tables, name="all"),
    path("ledger/", pages_staff.ledger, name="ledger"),
    path("out/of/<str:kind>/", pages_staff.ask, name="ask"),
    path("out/<int:pk>/", pages_staff.outgoing, name="outgoing"),
    path("out/<int:pk>/file/", pages_staff.fetch, name="fetch"),
    path("layouts/<int:pk>/remove/", pages_staff.remove_layout, name="remove_layout"),
    path("in/of/<str:kind>/", pages_incoming.bring, name="bring"),
    path("in/of/<str:kind>/template.xlsx", pages_incoming.empty, name="template"),
    path("in/<int:pk>/", pages_incoming.incoming, name="incoming"),
    path("in/<int:pk>/columns/", pages_incoming.columns, name="columns"),
    path("in/<int:pk>/apply/", pages_incoming.apply, name="apply"),
    path("in/<int:pk>/drop/", pages_incoming.drop, name="drop"),
    path("in/<int:pk>/marked.xlsx", pages_incoming.marked, name="marked"),
]
