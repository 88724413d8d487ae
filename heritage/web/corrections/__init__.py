"""“Suggest a correction” and “Offer a photograph”, the forms for visitors."""
