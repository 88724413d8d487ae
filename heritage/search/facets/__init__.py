"""Facets: properties that a list of sites is filtered and counted by.

A facet is one class (`base`), listed in `facet_list`. It says which site has which value and makes
the keys of its values in the index. The filter form, the counts, active filters, feeds,
suggestions and the admin all read it.
"""
