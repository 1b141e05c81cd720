"""Scripts that put the real service under load. Run them by hand; tests run short versions of them."""
