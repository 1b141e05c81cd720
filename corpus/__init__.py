"""Labelled cases, the scorer and what is trained from them. The service never imports this package."""
