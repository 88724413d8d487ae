"""Information beside a stored picture: the metadata of its file, and other copies of the
picture."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from heritage.media import looks, read_embedded
from heritage.models import Image, Licence, Site
from heritage.models.row_values import column
from heritage.values.coordinates import distance_km, distance_phrase, format_point
from heritage.values.language import interface_languages

NEAR_KM = 5  # from the point of a site, within which its position is told
_MOST = 5  # other pictures that are named


class PictureFact(NamedTuple):
    label: str
    value: str
    field: str = ""  # of the row, into which a button writes it; empty: to be read


class Twin(NamedTuple):
    site: str
    url: str
    is_same: bool  # the same file; else it looks alike


def suggestions(image: Image) -> list[PictureFact]:
    """Facts in the metadata of the uploaded file that the row does not have yet."""
    try:
        with image.original.open("rb") as file:
            found = read_embedded(file.read())
    except (OSError, ValueError):  # one of an earlier version has none
        return []
    facts = [
        ("author", found.author, image.author),
        ("taken", found.taken, image.taken),
    ]
    lines = [
        PictureFact(str(column(Image, name).verbose_name), value, name)
        for name, value, stored in facts
        if value and not stored
    ]
    if found.caption and not image.caption:
        name = f"caption__{interface_languages()[0]}"
        lines.append(PictureFact(str(column(Image, "caption").verbose_name), found.caption, name))
    if found.licence_url and not image.licence_id:
        lines.append(PictureFact(_("licence"), _licence(found.licence_url)))
    if found.rights:
        lines.append(PictureFact(_("rights"), found.rights))
    place = _position(image.site, found.point)
    return [*lines, PictureFact(_("position"), place)] if place else lines


def _licence(url: str) -> str:
    """The licence of this address by its name, if the catalogue has it."""
    plain = url.split("://")[-1].rstrip("/")
    known = Licence.objects.filter(url__icontains=plain).first()
    return f"{known} ({url})" if known else url


def _position(site: Site, point: tuple[float, float] | None) -> str:
    """The position of the camera, if it is near the site and the site is not blurred."""
    if point is None or site.latitude is None or site.longitude is None or site.public_blur_km:
        return ""
    km = distance_km((site.latitude, site.longitude), point)
    if km > NEAR_KM:
        return ""
    values = {"point": format_point(*point), "distance": distance_phrase(km)}
    return _("%(point)s, %(distance)s from the point of the site") % values


def twins(image: Image) -> list[Twin]:
    """Other pictures with the same file, or that look alike; the same ones first."""
    others = Image.objects.exclude(pk=image.pk)
    same = (
        list(others.filter(sha256=image.sha256).values_list("pk", flat=True))
        if image.sha256
        else []
    )
    alike = []
    if image.look:
        pairs = others.exclude(look="").values_list("pk", "look").order_by()
        near = ((looks.distance(look, image.look), pk) for pk, look in pairs.iterator())
        alike = [pk for apart, pk in sorted(near) if apart <= looks.ALIKE and pk not in same]
    chosen = [*same, *alike][:_MOST]
    rows = Image.objects.select_related("site").in_bulk(chosen)
    return [
        Twin(
            str(rows[pk].site),
            reverse("admin:heritage_image_change", args=[pk]),
            is_same=pk in same,
        )
        for pk in chosen
        if pk in rows
    ]
