"""Addresses of the guard at the desk."""

from django.urls import path

from gongzhi.care import (
    pages_staff,
    pages_staff_enrol,
    pages_staff_phones,
    pages_staff_settings,
    pages_staff_shadow,
)

app_name = "elders"
urlpatterns = [
    path("", pages_staff.show_board, name="board"),
    path("new/", pages_staff_enrol.enrol, name="enrol"),
    path("shadow/", pages_staff_shadow.shadow, name="shadow"),
    path("shadow/ask/", pages_staff_shadow.ask, name="ask_shadow"),
    path("shadow/<int:pk>/", pages_staff_shadow.shadow_run, name="shadow_run"),
    path("phones/", pages_staff_phones.phones, name="phones"),
    path("phones/<int:pk>/press/", pages_staff_phones.press, name="press"),
    path("alerts/<int:pk>/", pages_staff.show_alert, name="alert"),
    path("alerts/<int:pk>/close/", pages_staff.close_alert, name="close"),
    path("alerts/<int:pk>/steps/<int:step>/", pages_staff.answer_step, name="answer"),
    path("<int:pk>/", pages_staff.show_elder, name="elder"),
    path("<int:pk>/sensitivity/", pages_staff_settings.set_sensitivity, name="sensitivity"),
    path("<int:pk>/contacts/", pages_staff_settings.add_contact, name="add_contact"),
    path("<int:pk>/absence/", pages_staff_settings.begin_absence, name="absence"),
    path("<int:pk>/family/", pages_staff_settings.set_family_consent, name="family_consent"),
    path("<int:pk>/withdraw/", pages_staff_settings.withdraw, name="withdraw"),
    path("<int:pk>/reveal/", pages_staff_settings.reveal, name="reveal"),
    path("contacts/<int:pk>/remove/", pages_staff_settings.remove_contact, name="remove_contact"),
    path("contacts/<int:pk>/first/", pages_staff_settings.call_first, name="call_first"),
    path("contacts/<int:pk>/link/", pages_staff_settings.make_link, name="make_link"),
    path("links/<int:pk>/revoke/", pages_staff_settings.revoke_link, name="revoke_link"),
    path("absences/<int:pk>/end/", pages_staff_settings.end_absence, name="end_absence"),
]
