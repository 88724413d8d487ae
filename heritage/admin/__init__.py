"""The admin. Django's autodiscovery imports this package, which registers every admin class."""

from heritage.admin import (  # noqa: F401
    accounts,
    change_sets,
    corrections,
    registers,
    rows,
    sites,
    visiting,
    vocabularies,
)
