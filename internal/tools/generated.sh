#!/usr/bin/env bash
# generated.sh BUF: fails when gen/ or docs/api.md is not what `make generate` would make. It generates beside the
# checkout, which therefore stays as it is.
set -euo pipefail
buf=$1

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
"$buf" generate --output "$fresh"
if ! diff -rq gen "$fresh/gen" >&2; then
  echo "gen/ is out of date (the fresh files are the second ones): run make generate and commit gen/" >&2
  exit 1
fi
"$buf" build -o - | go run ./internal/apidoc -o "$fresh/api.md"
if ! diff docs/api.md "$fresh/api.md" >&2; then
  echo "docs/api.md is out of date (the fresh lines are marked >): run make generate and commit docs/api.md" >&2
  exit 1
fi
