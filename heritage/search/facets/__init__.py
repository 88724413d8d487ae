"""Facets: what a list of sites can be narrowed by, value by value, with counts.

A facet is one class (`base`), listed in `registry`. The index reads its values through it, the
filter its parameters; form, counts, active filters, feeds, suggestions and the admin ask it for the
rest.
"""
