"""The validator of the IIIF consortium asks a running server for parts of a picture."""

import io
import random

import pytest
from django.core.files.base import ContentFile
from PIL import Image as Picture

from heritage.services import renditions
from tests import builders as build

# It needs libmagic of the system, which .ci/run installs.
validator = pytest.importorskip("iiif_validator.validator", exc_type=ImportError)

SIDE = 1000  # pixels of the picture that the validator asks for
SUITE = validator.TestSuite(validator.ValidationInfo())
TESTS = SUITE.list_tests("3.0")
# Beyond level 2: the extra features of `info.json`.
OFFERED = {"linkheader_canonical", "linkheader_profile", "rot_mirror", "rot_mirror_180"}
CHOSEN = [name for name, test in TESTS.items() if test["level"] <= 2 or name in OFFERED]


def squares():
    """Ten by ten, of the colours by which the validator tells them apart."""
    drawn = Picture.new("RGB", (10, 10))
    for x, column in enumerate(SUITE.validationInfo.colorInfo):
        for y, colour in enumerate(column):
            drawn.putpixel((x, y), colour)
    out = io.BytesIO()
    drawn.resize((SIDE, SIDE), Picture.Resampling.NEAREST).save(out, "PNG")
    return ContentFile(out.getvalue(), name="squares.png")


@pytest.mark.django_db(transaction=True)
def test_the_validator_finds_nothing(live_server):
    licence = build.make_licence("CC0")
    image = build.make_image(build.make_site("Here"), file=squares(), licence=licence)
    renditions.make(image)
    random.seed(1)  # it asks for regions, sizes and nonsense at random
    host = live_server.url.removeprefix("http://")
    failed = {}
    for name in CHOSEN:
        asked = validator.ImageAPI(image.tiles_id, host, "iiif/3", version="3.0", debug=False)
        SUITE.run_test(name, asked)
        if asked.exception or not asked.tests:
            failed[name] = f"{asked.exception}, at {asked.last_url}"
    assert failed == {}
    assert len(CHOSEN) == 37
