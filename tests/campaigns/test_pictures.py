"""Pictures and documents of a mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaigns.composing import compose
from campaigns.mail import CannotComposeError
from tests.campaigns.letters import PUBLIC, message
from tests.factories import ImageAssetFactory, ReportFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]


def test_the_leads_own_picture_travels_inside_the_mail_once() -> None:
    asset = ImageAssetFactory(key="zon.png", file__filename="zon.png")
    html = "<img src=\"{{image.cid 'hero'}}\" alt=''><img src=\"{{ image.cid('foto') }}\" alt=''>"
    mail = compose(message(html, enrollment__lead__image_key="zon.png"))

    (image,) = mail.inline_images
    assert (image.key, image.content_type) == ("zon.png", "image/png")
    assert image.content == Path(asset.file.path).read_bytes()
    assert mail.html.count(f'src="cid:{image.content_id}"') == 2


def test_a_static_picture_is_shown_from_our_address() -> None:
    asset = ImageAssetFactory(key="logo")
    mail = compose(message("<img src=\"{{image.url 'logo'}}\" alt='Logo'>"))

    assert f'src="{PUBLIC}{asset.file.url}"' in mail.html
    assert mail.inline_images == ()


@pytest.mark.parametrize("key", ["", "later"])
def test_without_the_leads_picture_there_is_no_mail(key: str) -> None:
    one = message("<img src=\"{{image.cid 'hero'}}\">", enrollment__lead__image_key=key)

    with pytest.raises(CannotComposeError, match=r"image\.cid\.hero"):
        compose(one)


def test_a_picture_whose_file_is_gone_is_named() -> None:
    ImageAssetFactory(key="zon").file.storage.delete(
        ImageAssetFactory._meta.model.objects.get().file.name
    )
    one = message("<img src=\"{{image.cid 'hero'}}\">", enrollment__lead__image_key="zon")

    with pytest.raises(CannotComposeError, match="The picture 'zon' cannot be read"):
        compose(one)


def test_the_report_is_attached_where_the_step_says_so() -> None:
    one = message(report=True)
    ReportFactory(lead=one.lead, filename="Rapport Zon.pdf")
    (document,) = compose(one).attachments

    assert (document.filename, document.content_type) == ("Rapport Zon.pdf", "application/pdf")
    assert document.content == b"%PDF-1.4\n"


def test_a_missing_report_stops_the_mail() -> None:
    with pytest.raises(CannotComposeError, match="has no report"):
        compose(message(report=True))
