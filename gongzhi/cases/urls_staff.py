"""Addresses of the desk's case work."""

from django.urls import path

from gongzhi.cases import (
    pages_staff,
    pages_staff_aside,
    pages_staff_closing,
    pages_staff_handling,
    pages_staff_many,
    pages_staff_measures,
    pages_staff_refused,
    pages_staff_register,
    pages_staff_shared,
    pages_staff_steps,
)

app_name = "staff"
urlpatterns = [
    path("", pages_staff.inbox, name="inbox"),
    path("figures/", pages_staff.figures, name="figures"),
    path("points.json", pages_staff.points, name="points"),
    path("grids.json", pages_staff.grids, name="grids"),
    path("items.json", pages_staff.items, name="items"),
    path("many/", pages_staff_many.many, name="many"),
    path("cases/<int:pk>/same/", pages_staff_many.same, name="same"),
    path("followups/", pages_staff_closing.followups, name="followups"),
    path("followups/<int:pk>/", pages_staff_closing.followup, name="followup"),
    path("appeals/<int:pk>/", pages_staff_closing.appeal, name="appeal"),
    path("measures/", pages_staff_measures.measures, name="measures"),
    path("measures/cases/", pages_staff_measures.behind, name="behind"),
    path("cases/<int:pk>/exclude/", pages_staff_measures.exclude, name="exclude"),
    path("measures/exclusions/<int:pk>/", pages_staff_measures.exclusion, name="exclusion"),
    path("measures/exclusions/<int:pk>/sign/", pages_staff_measures.sign, name="sign_exclusion"),
    path("shared/", pages_staff_shared.shared, name="shared"),
    path("shared/replies/", pages_staff_shared.write_reply, name="write_reply"),
    path("shared/replies/<int:pk>/retire/", pages_staff_shared.retire_reply, name="retire_reply"),
    path("shared/macros/", pages_staff_shared.keep_macro, name="keep_macro"),
    path("shared/macros/<int:pk>/drop/", pages_staff_shared.drop_macro, name="drop_macro"),
    path("shared/searches/", pages_staff_shared.save_search, name="save_search"),
    path("shared/searches/<int:pk>/drop/", pages_staff_shared.drop_search, name="drop_search"),
    path("refusals/", pages_staff_refused.refusals, name="refusals"),
    path("register/", pages_staff_register.register, name="register"),
    path("register/suggest/", pages_staff_register.suggest, name="suggest"),
    path("cases/<int:pk>/", pages_staff.show, name="case"),
    path("cases/<int:pk>/handlers/", pages_staff.handlers, name="handlers"),
    path("cases/<int:pk>/dispatch/", pages_staff_steps.dispatch, name="dispatch"),
    path("cases/<int:pk>/classify/", pages_staff_steps.classify, name="classify"),
    path("cases/<int:pk>/decline/", pages_staff_steps.decline, name="decline"),
    path("cases/<int:pk>/place/", pages_staff_steps.place, name="place"),
    path("cases/<int:pk>/approve/", pages_staff_steps.approve, name="approve"),
    path("cases/<int:pk>/finish/", pages_staff_steps.finish, name="finish"),
    path("cases/<int:pk>/rework/", pages_staff_steps.rework, name="rework"),
    path("cases/<int:pk>/close/", pages_staff_steps.close, name="close"),
    path("cases/<int:pk>/contact/", pages_staff_steps.contact, name="contact"),
    path("cases/<int:pk>/reveal/", pages_staff_steps.reveal, name="reveal"),
    *(
        path(f"cases/<int:pk>/{name}/", getattr(pages_staff_aside, name), name=name)
        for name in ("note", "watch", "unwatch", "snooze", "wake", "change_nature", "presence")
    ),
    *(
        path(f"cases/<int:pk>/{name}/", getattr(pages_staff_handling, name), name=name)
        for name in (
            "send_up",
            "send_down",
            "ask_ruling",
            "arbitrate",
            "ask_assist",
            "withdraw_assist",
            "pause",
            "resume",
            "decide_extension",
            "supervise",
            "merge",
            "split",
            "name_complained_of",
        )
    ),
]
