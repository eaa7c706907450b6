# `make` alone lists what there is. Nothing here needs more than Go; what a target installs or wants, it says.
TOOL := go tool -modfile=deploy/tools/go.mod
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)

.DEFAULT_GOAL := help
.PHONY: help play build test needs check lint fuzz chaos bench twin content image dev

help: ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

play: ## try Convenor in your browser: a pretend Slack, a pretend Discord, nothing else to install
	go run ./cmd/convenor play

build: ## build the binary ./convenor
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o convenor ./cmd/convenor

test: needs ## run every test, with the race detector, in random order (installs what the tests need)
	go test -race -shuffle=on -timeout 20m ./...

needs: # redis-server and a browser for the tests; on Debian and Ubuntu as root they are installed
	@bash deploy/test-needs.sh

check: lint test ## everything that CI checks

lint: ## vet, the linter (formatting included), unused code, tidy modules
	go vet ./...
	$(TOOL) golangci-lint run ./...
	@test -z "$$($(TOOL) deadcode -test ./...)" || { $(TOOL) deadcode -test ./...; exit 1; }
	go mod tidy -diff

content: ## check the words and flows of the pack
	go run ./cmd/convenor content check

fuzz: ## a million random events, changed signatures, odd payloads and odd texts each; then look for more (minutes each)
	go test ./flows -count=1 -timeout 30m -run '^TestAdvanceAnything$$' -v -events 1000000
	go test ./flows -run '^$$' -fuzz FuzzAdvance -fuzztime 60s
	go test ./flows -run '^$$' -fuzz FuzzExpr -fuzztime 30s
	go test ./bot/slack -run '^$$' -fuzz FuzzEncode -fuzztime 60s
	CONVENOR_SCALE=10 go test ./bot/slack -count=1 -v -run '^TestMutatedRequestsAreRefused$$'
	go test ./bot/slack -run '^$$' -fuzz FuzzDecode -fuzztime 1000000x -fuzzminimizetime 1x
	go test ./bot/slack -run '^$$' -fuzz FuzzEscape -fuzztime 1000000x -fuzzminimizetime 1x
	CONVENOR_SCALE=50 go test ./bot/discord -count=1 -v -run '^TestMutatedRequestsAreRefused$$'
	go test ./bot/discord -run '^$$' -fuzz FuzzDecode -fuzztime 1000000x -fuzzminimizetime 1x
	go test ./bot/discord -run '^$$' -fuzz FuzzEscape -fuzztime 1000000x -fuzzminimizetime 1x
	go test ./bot -run '^$$' -fuzz FuzzVoice -fuzztime 1000000x -fuzzminimizetime 1x

SCALE ?= 1
chaos: needs ## kill, freeze and starve three processes for minutes (SCALE=1: 200 kills); nothing may be lost or told twice
	CONVENOR_CHAOS=$(SCALE) go test ./cmd/convenor -run TestChaos -count=1 -v -timeout 4h

bench: ## the benchmarks
	go test -run '^$$' -bench . -benchmem ./flows ./store ./content

twin: ## try Discord's part against a pretend Discord that others made (needs npm and node)
	npm install --prefix deploy/twin --no-audit --no-fund --no-package-lock --ignore-scripts
	go test ./bot/discord -run '^TestTwin$$' -count=1 -v

image: ## build the container image (needs Docker)
	docker build -f deploy/Dockerfile --build-arg VERSION=$(VERSION) -t convenor:$(VERSION) .

dev: ## run serve with a real Redis in containers (needs Docker and a filled-in deploy/convenor.env)
	docker compose -f deploy/compose.yaml up --build
