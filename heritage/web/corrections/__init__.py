"""“Suggest a correction”, the one form for visitors."""
