"""The pictures and documents of one mail: `image.cid`, `image.url`, the lead's report.

`image.cid 'hero'` is the lead's own picture (`lead.image_key`), whatever word the template puts in
quotes; `image.url 'logo'` is the static picture with that key.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from django.conf import settings
from django.core.files.base import File

from campaigns.mail import Attachment, CannotComposeError, InlineImage
from leads.models import ImageAsset, Lead, Report
from templates_app.variables import Variables

_CID, _URL = "image.cid.", "image.url."


@dataclass(frozen=True, slots=True)
class Pictures:
    """By the template's own words: Content-ID without brackets, https address, asset."""

    cids: Mapping[str, str] = field(default_factory=dict)
    urls: Mapping[str, str] = field(default_factory=dict)
    own: ImageAsset | None = None


def pictures_for(variables: Variables, lead: Lead, host: str) -> Pictures:
    """What a template mentions, in one query; none where it mentions nothing. What nobody has
    uploaded is left out: rendering then names it as missing."""
    cids = _keys(variables, _CID)
    urls = _keys(variables, _URL)
    wanted = [*urls, *([lead.image_key] if cids and lead.image_key else [])]
    if not wanted:
        return Pictures()
    assets = ImageAsset.objects.in_bulk(wanted, field_name="key")
    own = assets.get(lead.image_key) if cids else None
    return Pictures(
        cids=dict.fromkeys(cids, content_id(own, host)) if own else {},
        urls={key: public_url(assets[key]) for key in urls if key in assets},
        own=own,
    )


def content_id(asset: ImageAsset, host: str) -> str:
    """The same picture has the same id in every mail (RFC 2392 §2 allows just that)."""
    return f"picture-{asset.pk}@{host}"


def public_url(asset: ImageAsset) -> str:
    return urljoin(f"{settings.PUBLIC_URL}/", asset.file.url)


def inline_image(asset: ImageAsset, id_: str) -> InlineImage:
    """Raises CannotComposeError where the file is gone."""
    name = asset.file.name or asset.key
    return InlineImage(
        content_id=id_,
        filename=name.rpartition("/")[2],
        content=_content(asset.file, f"The picture {asset.key!r}"),
        content_type=_media_type(name),
        key=asset.key,
    )


def report_of(lead: Lead) -> Attachment:
    """The lead's report. Raises CannotComposeError where there is none."""
    report = Report.objects.filter(lead=lead.pk).first()
    if report is None:
        raise CannotComposeError(
            f"{lead} has no report, which this mail must carry. Upload one, or take “attach "
            "report” out of the flow."
        )
    return report_attachment(report)


def report_attachment(report: Report) -> Attachment:
    return Attachment(
        filename=report.filename,
        content=_content(report.file, f"The report {report.filename!r}"),
        content_type=_media_type(report.filename),
        report_id=report.pk,
    )


def _keys(variables: Variables, prefix: str) -> list[str]:
    return [name.removeprefix(prefix) for name in variables.mentioned if name.startswith(prefix)]


def _content(file: File[bytes], what: str) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read()
    except OSError as problem:
        raise CannotComposeError(f"{what} cannot be read: {problem}. Upload it again.") from problem


def _media_type(filename: str) -> str:
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"
