#!/usr/bin/env bash
# microbench.sh BENCHSTAT REGEXP COUNT: runs the Go benchmarks and compares them with the run before, kept in .bench/. Numbers of
# two machines say nothing about each other, so nothing of it is committed. Differences are worth a look from COUNT=6.
set -euo pipefail
benchstat=$1 regexp=$2 count=$3

mkdir -p .bench
if [ -s .bench/new.txt ]; then
  mv .bench/new.txt .bench/old.txt
fi
# Into another file first: a run that breaks off is nothing to compare with.
TILLPOST_TEST_POSTGRES=required go test -run '^$' -bench "$regexp" -benchmem -count "$count" -timeout 60m ./... |
  tee .bench/running.txt | { grep -v -e '\[no test files\]' -e '^PASS$' -e '^ok ' || true; }
mv .bench/running.txt .bench/new.txt
if [ -s .bench/old.txt ]; then
  printf '\ncompared with the run before:\n'
  "$benchstat" .bench/old.txt .bench/new.txt
fi
