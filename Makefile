# Everything a developer or the CI runs. `make` alone lists the targets.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --no-builtin-rules

# Go asks git about every program it builds or lists, and fails where git will not answer: in some CI systems the checkout
# belongs to another user. So nothing here asks, except `make build`, and that only where git does answer.
export GOFLAGS := $(strip $(filter-out -buildvcs%,$(shell go env GOFLAGS 2>/dev/null)) -buildvcs=false)

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
VCS := $(shell git rev-parse HEAD >/dev/null 2>&1 && echo true || echo false)
LDFLAGS := -s -w -X main.version=$(VERSION)

# Tools. internal/tools/go.mod is the one place that pins them. Each is built from source once per version and Go
# release, and kept in .tools/.
pinned = $(shell awk '$$1 == "$(1)" && $$2 ~ /^v/ { print $$2 }' internal/tools/go.mod)
TOOLS := .tools/$(shell go env GOVERSION 2>/dev/null)
BUF := $(TOOLS)/buf-$(call pinned,github.com/bufbuild/buf)
GOLANGCI_LINT := $(TOOLS)/golangci-lint-$(call pinned,github.com/golangci/golangci-lint/v2)
GOFUMPT := $(TOOLS)/gofumpt-$(call pinned,mvdan.cc/gofumpt)
GOVULNCHECK := $(TOOLS)/govulncheck-$(call pinned,golang.org/x/vuln)
GRPCURL := $(TOOLS)/grpcurl-$(call pinned,github.com/fullstorydev/grpcurl)
BENCHSTAT := $(TOOLS)/benchstat-$(call pinned,golang.org/x/perf)

# Go files written by hand, without those that are deleted and not yet staged.
GO_FILES = { git ls-files -co --exclude-standard '*.go' ':!gen'; git ls-files -d '*.go' ':!gen'; } | sort | uniq -u

# The rules of protovalidate, which our protos import, and the npm packages. Neither is committed.
VALIDATE := third_party/protovalidate/buf/validate/validate.proto
NODE_MODULES := node_modules/.package-lock.json

# Runs $(1) where there is Node. A desk without it leaves the step out and says so; CI leaves nothing out.
NODE_MISSING := TypeScript needs Node 20 or newer with npm, which is not here; see https://nodejs.org
with-node = if command -v npm >/dev/null; then $(MAKE) --silent $(NODE_MODULES) && $(1); \
	elif [ -n "$${CI:-}" ]; then echo '$(NODE_MISSING)' >&2; exit 1; \
	else echo '  left out: $(NODE_MISSING)'; fi

# Runs an npm command in each npm package that has it. The first that fails ends the run, so that what it says is the last thing
# said.
PACKAGES = $(patsubst %/package.json,%,$(shell git ls-files '*/package.json'))
in-packages = for package in $(PACKAGES); do npm $(1) --silent --if-present --workspace "$$package"; done

# ---------------------------------------------------------------------------------------------------------------------
##@ Use

.PHONY: help
help: ## List the targets (the default)
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Run the service on loopback; ARGS="--flag value" adds flags
	@go run ./server serve $(ARGS)

.PHONY: demo
demo: console ## Watch a week of a demo retailer become journal entries; ARGS=--exit ends it afterwards
	@go run ./server demo $(ARGS)

.PHONY: build
build: console ## Build bin/tillpost with its version, and with the console where Node is
	go build -trimpath -buildvcs=$(VCS) -ldflags '$(LDFLAGS)' -o bin/tillpost ./server

# Go puts client/console/dist into the program when it is there.
CONSOLE := client/console/dist/index.html

.PHONY: console
console: ## Build the retailer's console for the program to carry; needs Node
	@$(call with-node,$(MAKE) --silent $(CONSOLE))

# ---------------------------------------------------------------------------------------------------------------------
##@ Develop

.PHONY: generate
generate: $(BUF) $(VALIDATE) $(NODE_MODULES) ## Generate gen/go, gen/ts and docs/api.md from proto/
	@$(BUF) generate
	@$(BUF) build -o - | go run ./internal/apidoc -o docs/api.md

.PHONY: format
format: $(BUF) $(GOLANGCI_LINT) $(GOFUMPT) $(VALIDATE) ## Format Go, protos and TypeScript in place
	@$(GO_FILES) | xargs $(GOFUMPT) -w
	@$(GOLANGCI_LINT) fmt
	@$(BUF) format -w proto
	@$(call with-node,npm run --silent format)

.PHONY: lint
lint: ## Check everything that can be checked without running it
	@$(MAKE) --keep-going lint-proto lint-breaking lint-generated lint-format lint-vet lint-go lint-size lint-ts lint-vulnerable

.PHONY: test
test: test-needs test-ts test-go ## Run all tests, on SQLite and on PostgreSQL, nearly all of them with the race detector

.PHONY: chaos
chaos: test-needs ## Kill, freeze, cut and lie for minutes, and find every event booked exactly once; SEED=number replays a schedule
	@TILLPOST_TEST_POSTGRES=required go test ./server -run '^TestChaos$$' -v -timeout 60m -chaos.events=20000 -chaos.companies=50 \
		-chaos.for=5m -chaos.patience=15m -chaos.seed=$(or $(SEED),1) | { grep -v 'level=ERROR' || true; }
	@TILLPOST_TEST_POSTGRES=required go test ./server -run '^TestTokensUnderFire$$' -v -tokens.expiries=2000 \
		| { grep -v 'level=ERROR' || true; }

.PHONY: bench
bench: test-needs ## Measure what must be reached, with real processes, in about a quarter of an hour; ONLY=record,idle measures some
	@go run ./internal/bench -only '$(ONLY)' $(ARGS)

.PHONY: bench-docs
bench-docs: ## As bench, and write the table into docs/performance.md
	@$(MAKE) bench ARGS='-page docs/performance.md'

.PHONY: microbench
microbench: test-needs $(BENCHSTAT) ## Run the Go benchmarks and compare them with the last run; BENCH=regexp, COUNT=times
	@internal/tools/microbench.sh $(BENCHSTAT) '$(or $(BENCH),.)' '$(or $(COUNT),1)'

.PHONY: screenshots
screenshots: console ## Take pictures of the console's pages, with the demo's week, into bin/screenshots
	@$(call with-node,TILLPOST_SCREENSHOTS=$(CURDIR)/bin/screenshots node client/console/e2e/run.mjs)

.PHONY: tools
tools: $(BUF) $(GOLANGCI_LINT) $(GOFUMPT) $(GOVULNCHECK) $(GRPCURL) $(BENCHSTAT) ## Build the pinned tools into .tools/
	@printf '%s\n' $^

.PHONY: clean
clean: ## Remove everything that make put here, except gen/
	rm -rf bin .bench .tools third_party node_modules client/*/node_modules client/*/dist

# ---------------------------------------------------------------------------------------------------------------------
# The steps of `make lint`. None of them changes a file that is under version control.

.PHONY: lint-proto
lint-proto: $(BUF) $(VALIDATE)
	@echo "lint: protos build, keep the rules and are formatted"
	@$(BUF) build -o /dev/null
	@$(BUF) lint
	@$(BUF) format --diff --exit-code proto

.PHONY: lint-breaking
lint-breaking: $(BUF) $(VALIDATE)
	@echo "lint: protos break nobody"
	@internal/tools/breaking.sh $(BUF)

.PHONY: lint-generated
lint-generated: $(BUF) $(VALIDATE)
	@echo "lint: gen/ and docs/api.md are what generation makes"
	@$(call with-node,internal/tools/generated.sh $(BUF))

.PHONY: lint-format
lint-format: $(GOFUMPT)
	@echo "lint: Go is formatted"
	@bad=$$($(GO_FILES) | xargs $(GOFUMPT) -l); \
		if [ -n "$$bad" ]; then printf 'not formatted, run make format:\n%s\n' "$$bad" >&2; exit 1; fi

.PHONY: lint-vet
lint-vet:
	@echo "lint: go vet"
	@go vet ./...

.PHONY: lint-go
lint-go: $(GOLANGCI_LINT)
	@echo "lint: golangci-lint"
	@$(GOLANGCI_LINT) run --allow-parallel-runners ./...

.PHONY: lint-size
lint-size:
	@echo "lint: file sizes"
	@internal/tools/size.sh

.PHONY: lint-ts
lint-ts:
	@echo "lint: TypeScript"
	@$(call with-node,npm run --silent check && npm run --silent typecheck && $(call in-packages,run typecheck))

.PHONY: lint-vulnerable
lint-vulnerable: $(GOVULNCHECK)
	@echo "lint: known vulnerabilities"
	@internal/tools/vulnerable.sh $(GOVULNCHECK)

# ---------------------------------------------------------------------------------------------------------------------
# What the targets above need.

.PHONY: test-needs
test-needs:
	@internal/tools/test-needs.sh

# The npm packages bring their own tests; one of them is other people's QuickBooks clients against the simulator.
.PHONY: test-ts
test-ts:
	@$(call with-node,$(call in-packages,test))

# The race detector makes SQLite, which is translated from C, more than ten times slower. So the store's suite on SQLite, and the
# tests that play hours of posting on it, run without. What they run is seen by the race detector in the shorter tests beside
# them. A test whose name is not matched here any more runs with the others.
LONG := SQLite AWeekBySuggestionsAlone Backfill TimeLeftOfABackfill PublishedLimitsAreKeptAndUsed ServersInTurnKeepTheLimits \
	KilledServersKeepTheLimits AnOutageOfAllIsAskedAboutByOne BrokenCompaniesHoldNobodyUp LiveEventsPassTheBacklogsOfAll \
	LiveEventsDoNotWaitForABacklog ReadingDuringABacklog AnExpiredTokenIsRefreshedOnTheWay
LONG_TESTS = ^Test($(subst $() ,|,$(strip $(LONG))))$$

.PHONY: test-go
test-go:
	@echo "go test -race ./..., without the long tests on SQLite"
	@TILLPOST_TEST_POSTGRES=required go test -race -timeout 20m -skip '$(LONG_TESTS)' $(ARGS) ./... | { grep -v '\[no test files\]' || true; }
	@echo "go test of the long tests on SQLite, without the race detector"
	@go test -run '$(LONG_TESTS)' $(ARGS) ./internal/store ./internal/posting ./internal/rpc

$(BUF): package = github.com/bufbuild/buf/cmd/buf
$(GOLANGCI_LINT): package = github.com/golangci/golangci-lint/v2/cmd/golangci-lint
$(GOFUMPT): package = mvdan.cc/gofumpt
$(GOVULNCHECK): package = golang.org/x/vuln/cmd/govulncheck
$(GRPCURL): package = github.com/fullstorydev/grpcurl/cmd/grpcurl
$(BENCHSTAT): package = golang.org/x/perf/cmd/benchstat

$(BUF) $(GOLANGCI_LINT) $(GOFUMPT) $(GOVULNCHECK) $(GRPCURL) $(BENCHSTAT): internal/tools/go.mod internal/tools/go.sum
	@echo "building $(notdir $@), once"
	@go -C internal/tools build -o $(CURDIR)/$@ $(package)
	@touch $@

# The module is checked against internal/tools/go.sum while it is downloaded.
$(VALIDATE): internal/tools/go.mod internal/tools/go.sum
	@go -C internal/tools mod download github.com/bufbuild/protovalidate
	@mkdir -p $(@D)
	@cp "$$(go -C internal/tools list -m -f '{{.Dir}}' github.com/bufbuild/protovalidate)/proto/protovalidate/buf/validate/validate.proto" $@
	@chmod 644 $@
	@touch $@

$(CONSOLE): $(NODE_MODULES) $(wildcard $(shell git ls-files -co --exclude-standard client/console client/ts/src gen/ts docs/api.md 2>/dev/null))
	@echo "building the console"
	@npm run build --silent --workspace client/console -- --logLevel error
	@touch $@

$(NODE_MODULES): package.json package-lock.json .npmrc $(wildcard client/*/package.json internal/quickbooks/simulator/npmclients/package.json)
	@command -v npm >/dev/null || { echo '$(NODE_MISSING)' >&2; exit 1; }
	@npm ci --loglevel=error
	@touch $@
