from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = "Campaigns"

    def ready(self) -> None:
        from campaigns.readiness import required_by_template
        from leads.completeness import answer_for_templates

        answer_for_templates(required_by_template)
