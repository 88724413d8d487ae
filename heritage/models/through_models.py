"""The rows of many-to-many relations of records: see `base.RelationRow`."""

from django.db import models

from heritage.models.base import RelationRow


class SiteKind(RelationRow):
    site = models.ForeignKey("Site", models.CASCADE, related_name="+")
    kind = models.ForeignKey("Kind", models.CASCADE, related_name="+")

    relation_name = "kinds"

    class Meta:
        auto_created = True
        db_table = "heritage_site_kinds"
        unique_together = ("site", "kind")


class SiteAlsoIn(RelationRow):
    site = models.ForeignKey("Site", models.CASCADE, related_name="+")
    place = models.ForeignKey("Place", models.CASCADE, related_name="+")

    relation_name = "also_in"

    class Meta:
        auto_created = True
        db_table = "heritage_site_also_in"
        unique_together = ("site", "place")


class SiteSource(RelationRow):
    site = models.ForeignKey("Site", models.CASCADE, related_name="+")
    source = models.ForeignKey("Source", models.CASCADE, related_name="+")

    relation_name = "sources"

    class Meta:
        auto_created = True
        db_table = "heritage_site_sources"
        unique_together = ("site", "source")


class EraTerritory(RelationRow):
    era = models.ForeignKey("Era", models.CASCADE, related_name="+")
    place = models.ForeignKey("Place", models.CASCADE, related_name="+")

    relation_name = "territory"
    owner_column = "era_id"

    class Meta:
        auto_created = True
        db_table = "heritage_era_territory"
        unique_together = ("era", "place")


class WorldHeritageCriterion(RelationRow):
    worldheritage = models.ForeignKey("WorldHeritage", models.CASCADE, related_name="+")
    registerterm = models.ForeignKey("RegisterTerm", models.CASCADE, related_name="+")

    relation_name = "criteria"
    owner_column = "worldheritage_id"

    class Meta:
        auto_created = True
        db_table = "heritage_worldheritage_criteria"
        unique_together = ("worldheritage", "registerterm")


class WorldHeritageRegion(RelationRow):
    worldheritage = models.ForeignKey("WorldHeritage", models.CASCADE, related_name="+")
    registerterm = models.ForeignKey("RegisterTerm", models.CASCADE, related_name="+")

    relation_name = "regions"
    owner_column = "worldheritage_id"

    class Meta:
        auto_created = True
        db_table = "heritage_worldheritage_regions"
        unique_together = ("worldheritage", "registerterm")


class WorldHeritageState(RelationRow):
    worldheritage = models.ForeignKey("WorldHeritage", models.CASCADE, related_name="+")
    place = models.ForeignKey("Place", models.CASCADE, related_name="+")

    relation_name = "states"
    owner_column = "worldheritage_id"

    class Meta:
        auto_created = True
        db_table = "heritage_worldheritage_states"
        unique_together = ("worldheritage", "place")
