"""What a model declares so that its writes are tracked, as `base.Record` does."""

from django.db import models


class TrackedModel(models.Model):
    """A model whose rows are written in units of work, which record each change in the history.

    `derived_fields` names the columns that follow from the row's other columns on every write,
    `refreshed_fields` those that follow from other rows and are refreshed once these are written;
    neither are ever part of a fixture. `owner` names the foreign key to the record that this row is
    a part of, if any. `recorded_when_deleted` names columns that no fixture carries but the history
    of a deleted row has, so that it can be restored; `copied_fields` those that a copy of the
    database has nevertheless (`exchange.json_dump`).
    """

    derived_fields: tuple[str, ...] = ()
    refreshed_fields: tuple[str, ...] = ()
    owner: str | None = None
    recorded_when_deleted: tuple[str, ...] = ()
    copied_fields: tuple[str, ...] = ()
    # Whether the model's rows say something of the sites: the search index, the pages and the dates
    # of sites follow from them, and they are restored with a record. Not so what people say to
    # each other about a record.
    describes_sites = True
    # Columns that name a second record whose page shows the row: the whole that a part belongs to.
    also_shown_by: tuple[str, ...] = ()

    class Meta:
        abstract = True

    @classmethod
    def public_values(cls, row: dict) -> dict | None:
        """What readers may see of a row, which is given by its plain values; None if they see
        nothing.

        If it has changed, the sites that show the row get a new date.
        """
        raise NotImplementedError

    @classmethod
    def after_save(cls, before: dict[int, dict], after: dict[int, dict]) -> None:
        """Other consequences of a write of these rows: plain values by id, see `row_values`."""
        raise NotImplementedError
