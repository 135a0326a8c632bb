"""Settings > Communication templates: the list, the editor, the preview."""
