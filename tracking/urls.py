"""Public addresses. Mails that left years ago point at them: they never change."""

from django.urls import path

from tracking import views

urlpatterns = [
    path("track/open.gif", views.open_pixel, name="track-open"),
    path("track/click", views.click, name="track-click"),
    path("unsubscribe", views.unsubscribe, name="unsubscribe"),
]
