"""Pictures and sites for viewers of IIIF; addresses are the same in all languages."""
