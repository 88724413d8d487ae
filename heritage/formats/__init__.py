"""Sites and the catalogue as programs and search engines read them, and a site in a sentence.

- `jsonld` gives schema.org documents of a site, a page or the catalogue, `dataset_document()` that
  of the catalogue as a data set.
- `sentence` says in words what a site is, from the facts of its record, and names places.
- `Addresses` makes absolute URLs.

All of it is in the active language. Other packages import these names and no module of this
package.
"""

from heritage.formats import jsonld, sentence
from heritage.formats.addresses import Addresses
from heritage.formats.dataset import dataset_document

__all__ = ["Addresses", "dataset_document", "jsonld", "sentence"]
