"""Sources and leads that several tests render."""

from __future__ import annotations

from collections.abc import Mapping

from templates_app.sandbox import compile_template
from templates_app.values import Problem, RenderContext, TemplateRefused, TemplateSource

MARKETING_HTML = """<!DOCTYPE html>
<html lang="nl"><head><meta charset="utf-8"><title>{{ campaign.name }}</title>
<style>
body { margin: 0; background: #f4f4f4 }
.wrap { max-width: 600px; background: #fff }
.button a { display: inline-block; background: #0a66c2; color: #fff; padding: 14px 28px }
.preheader { display: none }
@import url(https://fonts.example/x.css);
@font-face { font-family: X; src: url(https://fonts.example/x.woff) }
@media (max-width: 600px) { .wrap { width: 100% !important } }
</style></head>
<body bgcolor="#f4f4f4">
<div class="preheader">Kort voorstel voor {{ company }}</div>
<!--[if mso]><p>Outlook</p><![endif]-->
<table role="presentation" class="wrap" width="600" cellpadding="0" cellspacing="0" align="center">
<tr><td><img src="{{image.url 'logo'}}" alt="Punthelder" width="120"></td></tr>
<tr><td style="padding: 24px; mso-line-height-rule: exactly; position: fixed">
<h1>Beste {{ first_name|default('collega') }},</h1>
<p>{{ company }} in {{ city }} staat nog niet op pagina één.</p>
{% if vars.rooms|int > 50 %}<p>Met {{ vars.rooms }} kamers loont dat.</p>{% endif %}
<img src="{{image.cid 'hero'}}" alt="Schermafdruk" width="552">
<table class="button"><tr><td><a href="https://punthelder.example/?a=1&amp;b=2">Plan een gesprek</a>
</td></tr></table></td></tr>
<tr><td><a href="{{ lead.url }}">{{ lead.url }}</a>
<a href="{{ campaign.unsubscribe_url }}">Afmelden</a>
</td></tr></table></body></html>"""

MARKETING = TemplateSource("Vraag over {{ company }}", MARKETING_HTML)


def lead(own: Mapping[str, object] | None = None, **fields: object) -> RenderContext:
    """Anna of Hôtel & Zoon with 60 rooms, with `fields` and her `own` columns changed."""
    known = {
        "email": "anna@hotel.example",
        "first_name": "Anna",
        "last_name": "Jansen",
        "title": "mevrouw",
        "company": "Hôtel & Zoon",
        "city": "Utrecht",
        "country": "Nederland",
        "url": "www.hotel.example",
    }
    return RenderContext(
        lead=known | fields,
        vars={"rooms": "60"} | dict(own or {}),
        campaign={"name": "Najaar", "unsubscribe_url": "https://mail.example/u/1"},
        image_cids={"hero": "hero-1@mail.example"},
        image_urls={"logo": "https://mail.example/logo.png?v=1&w=2"},
    )


def html(body: str) -> TemplateSource:
    return TemplateSource("Onderwerp", body)


def text(body: str) -> TemplateSource:
    return TemplateSource("Onderwerp", "", body)


def problems_of(source: TemplateSource) -> tuple[Problem, ...]:
    """Why a source is refused; empty where it is acceptable."""
    try:
        compile_template(source)
    except TemplateRefused as refused:
        return refused.problems
    return ()
