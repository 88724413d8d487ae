"""Files of pictures: uploads made safe, and drawn covers. Nothing here knows a model.

- `make_safe()` reads an upload, checks it and encodes it again, or raises `ImageRefused`, whose
  message is for the person who sent it.
- `covers` draws SVG files that stand for a site without a photograph; see its own face.
- `looks` makes hashes that are nearly equal for pictures that look alike, and placeholders that are
  shown while a picture is loaded.
- `pending_uploads` keeps uploads whose form had errors.
- `read_embedded()` reads what a file says of itself: author, date, caption, licence, place.
- `renditions` encodes a picture in the sizes in which it is served.
- `tiles` cuts it into tiles, and puts any part of it together from them.

Other packages import these names and no module of this package.
"""

from heritage.media.embedded import Embedded, read_embedded
from heritage.media.uploads import ImageRefused, SafeImage, make_safe

__all__ = [
    "Embedded",
    "ImageRefused",
    "SafeImage",
    "covers",
    "looks",
    "make_safe",
    "pending_uploads",
    "read_embedded",
    "renditions",
    "tiles",
]
