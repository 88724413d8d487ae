"""Pictures and sites for viewers that speak IIIF: the same addresses in all languages."""
