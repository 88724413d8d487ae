"""Pictures under addresses of their own: photographs, covers, maps and link previews."""
