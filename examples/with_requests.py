"""Clean texts with requests: python with_requests.py article.txt ... (service: AFTERWORD_URL, or on port 8000)."""

import os
import sys
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

URL = os.environ.get("AFTERWORD_URL", "http://127.0.0.1:8000")

# Cleaning changes nothing on the service, so a request may be sent again: while it starts, when it is busy.
again = Retry(total=8, backoff_factor=0.5, status_forcelist=(429, 502, 503, 504), allowed_methods=None)
session = requests.Session()
session.mount("http://", HTTPAdapter(max_retries=again))
session.mount("https://", HTTPAdapter(max_retries=again))


def clean(**request):
    """Return the answer to {"text": ...} or {"html": ...} with options; raise what is wrong with the request."""
    answer = session.post(f"{URL}/v1/clean", json=request, timeout=(5, 150))
    if answer.status_code != 200:
        raise ValueError(answer.json()["detail"])
    return answer.json()


for name in sys.argv[1:]:
    answer = clean(text=Path(name).read_text("utf-8"))
    print(answer["body"])
    for link in answer["related"]:
        print("related:", link["title"])
