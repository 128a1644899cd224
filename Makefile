# Every target runs from a bare checkout; `make` alone lists them.
#
# The work is done by two Go programs, so that this file stays a table of contents:
# cmd/internal/check runs the checks, cmd/lockstepctl is the product's command line.

SHELL := /bin/sh
.DEFAULT_GOAL := help

export CGO_ENABLED ?= 0
export PATH := $(CURDIR)/.cache/bin:$(PATH)
CHECK := go run ./cmd/internal/check

.PHONY: help run build test screenshots e2e setup lint fuzz bench icons torture torture-full vuln release installers-test clean need-go

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: need-go ## build and start Lockstep with the demo office: its window, or in words where there is no display
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then $(CHECK) setup-window; fi
	@$(MAKE) --no-print-directory build
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] && [ -x bin/lockstep-window ]; then exec bin/lockstep --demo; \
	else exec bin/lockstepctl demo; fi

build: need-go ## build the programs into bin/
	@mkdir -p bin
	@for program in lockstepctl lockstep; do \
		if [ -f cmd/$$program/main.go ]; then go build -trimpath -o bin/ ./cmd/$$program || exit 1; fi; \
	done
	@if command -v gcc >/dev/null 2>&1; then \
		CGO_ENABLED=1 go build -trimpath -tags x11 -o bin/ ./cmd/lockstep-window || \
		echo "lockstep-window was not built: it needs gcc and the headers of X11 and OpenGL (make setup installs them)"; fi

test: need-go ## set up what the checks need, then run them all
	@$(CHECK)

screenshots: need-go ## draw the pictures of the README anew
	@rm -rf .cache/shots && mkdir -p .cache/shots resources/screenshots
	@LOCKSTEP_SHOTS=$(CURDIR)/.cache/shots go test -count=1 -skip 'TestEverything_Fits|TestKeyboard|TenThousand' ./ui
	@for shot in wizard-5-people preview-light preview-dark overview-light history-light attention-light stopped-light demo-after; do \
		cp .cache/shots/$$shot.png resources/screenshots/ || exit 1; done
	@CI=true LOCKSTEP_DESKTOP=$(CURDIR)/.cache/shots/desktop go test -count=1 -run TestMenu_AsAPersonHasIt ./cmd/internal/desktop
	@cp .cache/shots/desktop/TestMenu_AsAPersonHasIt/pictures/menu.png resources/screenshots/tray-menu.png

e2e: need-go ## play a working day at a real desktop, and measure; pictures are in .cache/desktop
	@$(CHECK) setup desktop-full

setup: need-go ## install what the checks need
	@$(CHECK) setup

lint: need-go ## run golangci-lint as .golangci.yml says
	@$(CHECK) lint

fuzz: need-go ## fuzz every decoder for a minute each
	@$(CHECK) fuzz-long

torture: need-go ## histories, injected defects, and the real program killed, cut off and starved
	@$(CHECK) torture

torture-full: need-go ## the same for most of an hour: 500 kills, 100,000 histories
	@$(CHECK) torture-full

vuln: need-go ## look for known vulnerabilities, where the network allows
	@$(CHECK) vuln

bench: need-go ## measure traffic, memory and ratios, and print them
	@go run ./cmd/internal/bench
	@go test -run '^$$' -bench . -benchmem ./...

icons: need-go ## render the pictures again after their sources were changed
	@go run ./cmd/internal/icons

release: need-go ## build the installers and packages into dist/
	@go run ./cmd/internal/release

installers-test: need-go ## build them, install them on a clean Debian and under Wine, use and remove them
	@LOCKSTEP_INSTALLERS=1 go test -count=1 -timeout 40m -v -run Installed ./cmd/internal/release

clean: ## remove what was built
	@rm -rf bin dist .cache

need-go:
	@sh .ci/need-go
