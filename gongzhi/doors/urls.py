"""Addresses of the doors: what machines call, what people scan, what staff look at."""

from django.urls import include, path

urlpatterns = [
    path("hooks/hotline/", include("gongzhi.doors.hotline.urls")),
    path("hooks/phone/", include("gongzhi.doors.phone.urls")),
    path("hooks/", include("gongzhi.doors.webhook.urls")),
    path("wechat/", include("gongzhi.doors.wechat.urls")),
    path("q/", include("gongzhi.doors.qr.urls")),
    path("desk/doors/codes/", include("gongzhi.doors.qr.urls_staff")),
    path("desk/doors/hotline/", include("gongzhi.doors.hotline.urls_staff")),
    path("desk/doors/letters/", include("gongzhi.doors.mail.urls_staff")),
    path("desk/phone/", include("gongzhi.doors.phone.urls_staff")),
    path("desk/doors/", include("gongzhi.doors.urls_staff")),
]
