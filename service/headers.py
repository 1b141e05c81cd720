"""What does every answer carry, whoever writes it: the application, or the server before it?"""

# Nothing of ours is to be guessed at, framed, or loaded by others; the pages have a policy of their own.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
