#!/usr/bin/env bash
# size.sh: fails when a file written by hand has more than 500 lines. golangci-lint and Biome hold the length of
# functions. Left alone are generated files, lock files, the licence, and test data.
set -euo pipefail
limit=500

# A deleted file stays in git's list until the deletion is staged, and a binary file has no lines.
files=$(git ls-files -co --exclude-standard -- ':!gen' ':!docs/api.md' ':!*go.sum' ':!package-lock.json' ':!LICENSE' ':!**/testdata/**')
too_long=$(
  while IFS= read -r file; do
    if [ -f "$file" ] && [ ! -L "$file" ] && grep -Iq . "$file"; then
      lines=$(wc -l <"$file")
      if [ "$lines" -gt "$limit" ]; then
        printf '%s: %d lines, more than %d\n' "$file" "$lines" "$limit"
      fi
    fi
  done <<<"$files"
)
if [ -n "$too_long" ]; then
  printf '%s\nsplit it by what its parts own\n' "$too_long" >&2
  exit 1
fi
