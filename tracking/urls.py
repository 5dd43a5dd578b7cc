"""Public addresses. Mails that left years ago and providers point at them: they never change."""

from django.urls import path

from tracking import views
from tracking.webhooks.views import provider_webhook

urlpatterns = [
    path("track/open.gif", views.open_pixel, name="track-open"),
    path("track/click", views.click, name="track-click"),
    path("unsubscribe", views.unsubscribe, name="unsubscribe"),
    path("webhooks/<int:account_id>/<slug:path>", provider_webhook, name="provider-webhook"),
]
