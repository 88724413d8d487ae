"""The editors' pages. Django's autodiscovery imports this package, which registers them all."""

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
