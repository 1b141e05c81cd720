"""Afterword: find where an article ends, and say why."""

__version__ = "0.1.0"
