#!/bin/sh
# Clean JSON lines with curl and jq: sh with_jq.sh crawl.jsonl > clean.jsonl (the service at AFTERWORD_URL, or on port
# 8000). Each line is an object with id, content and maybe url; each line of the output has the same id, the body and
# the related headlines, or what was wrong. Streamed both ways: the file may be of any size.
set -eu
url=${AFTERWORD_URL:-http://127.0.0.1:8000}

curl --silent --show-error --fail --retry 8 --retry-connrefused --output /dev/null "$url/ready"
jq --compact-output '{id, text: .content, url}' "$1" |
  curl --silent --show-error --fail-with-body --request POST --upload-file - \
    --header 'Content-Type: application/x-ndjson' "$url/v1/clean/batch" |
  jq --compact-output 'if .error then {id, error: .error.detail} else {id, body, related: [.related[].title]} end'
