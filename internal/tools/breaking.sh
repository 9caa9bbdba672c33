#!/usr/bin/env bash
# breaking.sh BUF: fails when the protos break callers of what main last had.
#
# On a branch the base is where the branch left main. On main itself it is the last commit while the protos are being
# edited, and the commit before the last one otherwise, so that a commit cannot be its own measure.
# BREAKING_BASE=<commit> chooses another base.
set -euo pipefail
buf=$1

# tip prints the commit that main points at, or the present commit where there is no main (a detached checkout in CI).
tip() {
  git rev-parse --quiet --verify main^0 || git rev-parse --quiet --verify origin/main^0 || git rev-parse --quiet --verify HEAD^0
}

# base prints the commit to compare with, or nothing where there is none.
base() {
  local head fork
  head=$(git rev-parse --quiet --verify HEAD^0) || return 0
  fork=$(git merge-base "$(tip)" HEAD) || return 0
  if [ "$fork" != "$head" ] || [ -n "$(git status --porcelain -- proto)" ]; then
    echo "$fork"
  else
    git rev-parse --quiet --verify HEAD^1 || true
  fi
}

commit=${BREAKING_BASE:-$(base)}
if [ -z "$commit" ]; then
  echo "  left out: there is no earlier commit to compare with"
  exit 0
fi
if [ -z "$(git ls-tree "$commit" proto)" ]; then
  echo "  left out: commit $(git rev-parse --short "$commit") has no protos to compare with"
  exit 0
fi

before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT
git archive "$commit" proto buf.yaml | tar -x -C "$before"
ln -s "$PWD/third_party" "$before/third_party"
if ! "$buf" breaking proto --against "$before/proto"; then
  echo "protos broke callers of commit $(git rev-parse --short "$commit")" >&2
  exit 1
fi
