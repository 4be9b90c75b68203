"""Addresses of the phone desk."""

from django.urls import path

from gongzhi.doors.phone import pages_callbacks, pages_orders, pages_staff

app_name = "phone_desk"
urlpatterns = [
    path("", pages_staff.desk, name="desk"),
    path("now/", pages_staff.now_, name="now"),
    path("seat/", pages_staff.seat, name="seat"),
    path("<int:pk>/", pages_staff.call, name="call"),
    path("<int:pk>/case/", pages_staff.take_down, name="take_down"),
    path("<int:pk>/add/", pages_staff.add, name="add"),
    path("<int:pk>/result/", pages_staff.conclude, name="conclude"),
    path("<int:pk>/order/", pages_orders.place, name="place_order"),
    path("<int:pk>/callback/", pages_callbacks.promise, name="promise"),
    path("callbacks/", pages_callbacks.callbacks, name="callbacks"),
    path("callbacks/<int:pk>/", pages_callbacks.move, name="move_callback"),
    path("orders/", pages_orders.orders, name="orders"),
    path("orders/<int:pk>/", pages_orders.move, name="move_order"),
    path("providers/", pages_orders.providers, name="providers"),
    path("providers/<int:pk>/stop/", pages_orders.stop, name="stop_provider"),
]
