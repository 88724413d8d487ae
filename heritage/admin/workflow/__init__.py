"""What editors do to records together: review, publication, corrections, bulk actions, the desk."""
