"""Facets: properties that a list of sites is filtered and counted by.

A facet is one class (`base`), listed in `registry`. The index, the filter form, the counts,
active filters, feeds, suggestions and the admin all read it.
"""
