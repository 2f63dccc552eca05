# The targets people type. What must hold before a change is taken: make check.

VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT   := $(shell git rev-parse --short HEAD 2>/dev/null)
DATE     := $(shell git log -1 --format=%cs 2>/dev/null)
LDFLAGS  := -s -w -X muster/internal/server.BuildNumber=$(VERSION) -X muster/internal/server.BuildHash=$(COMMIT) \
            -X muster/internal/server.BuildDate=$(DATE)
BUILD    := CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)'
# Systems the server is built for, without cgo.
TARGETS  := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 freebsd/amd64 windows/amd64
LINT     := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
FUZZTIME ?= 60s
GOFILES  := $$(find cmd internal test -name '*.go' -not -path '*/node_modules/*')

.PHONY: help check format lint docs docs-current test race bench fuzz build release clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

check: lint docs-current test race release ## everything that must hold before a change is taken

format: ## write the sources in the one form
	$(LINT) fmt

lint: ## formatting, vet and the rules of .golangci.yml
	@unformatted=$$(gofmt -l $(GOFILES)); [ -z "$$unformatted" ] || { echo "not formatted: $$unformatted"; exit 1; }
	go vet ./...
	$(LINT) run

docs: ## write the documents that are made from the sources
	go run ./cmd/muster config reference > docs/configuration.md
	go test ./internal/arch -update

docs-current: ## tell whether make docs would change something
	@go run ./cmd/muster config reference | diff - docs/configuration.md || { echo "docs/configuration.md is old: make docs"; exit 1; }
	go test ./internal/arch

test: ## the tests, on every database this machine offers
	go test ./...

race: ## the tests with the race detector (needs a C compiler)
	go test -race ./...

bench: ## measure the server beside a floor; ARGS="-users 1000000"
	go run ./internal/bench $(ARGS)

fuzz: ## run every fuzz target for FUZZTIME
	@grep -rl '^func Fuzz' --include='*_test.go' cmd internal | sort | while read -r file; do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$file"); do \
			echo "== $$(dirname "$$file") $$target"; \
			go test "./$$(dirname "$$file")" -run '^$$' -fuzz "^$${target}\$$" -fuzztime $(FUZZTIME) || exit 1; \
		done; \
	done

build: ## dist/muster for this machine
	$(BUILD) -o dist/muster ./cmd/muster

release: $(addprefix dist/muster-,$(subst /,-,$(TARGETS))) ## dist/muster-… for every system

# dist/muster-linux-arm64: the words after the first dash are system and machine.
dist/muster-%: FORCE
	GOOS=$(word 1,$(subst -, ,$*)) GOARCH=$(word 2,$(subst -, ,$*)) $(BUILD) -o $@$(if $(findstring windows,$*),.exe) ./cmd/muster

.PHONY: FORCE
FORCE:

clean: ## remove what the targets made
	rm -rf dist
