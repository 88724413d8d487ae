"""Lists as files, and the page of what data there is."""
