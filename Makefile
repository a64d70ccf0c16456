# Every target works on a fresh clone. `make` alone prints them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

TARGET := $(or $(CARGO_TARGET_DIR),target)
SCRIPTS := config/scripts
SAMPLES := config/sample-problems

# `make run` uses the profile `quick` of Cargo.toml (release without the costly optimisations, see there): minutes, not a
# quarter of an hour, for the first build on two cores. `make run PROFILE=release` builds what one would deploy.
PROFILE ?= quick

# The development build that tests, the OpenAPI document and `verify` share. With --workspace and tests included, so that
# cargo settles on one set of features and builds every dependency once.
DEV_BUILD := cargo test --workspace --all-features --no-run
DEV_CODESM := $(TARGET)/debug/codesm

.PHONY: help
help: ## print the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## build and start CodeSM in embedded mode, with data in ./data
	@$(SCRIPTS)/toolchains need build
	@echo "building (profile $(PROFILE)): the first time this takes some minutes" >&2
	cargo build --profile $(PROFILE) --workspace --bin codesm
	@CODESM_DATA_DIR="$${CODESM_DATA_DIR:-./data}" CODESM_SAMPLES_DIR="$${CODESM_SAMPLES_DIR:-$(SAMPLES)}" \
		exec $(TARGET)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))/codesm

.PHONY: release
release: ## build the binary one would deploy: target/release/codesm
	@$(SCRIPTS)/toolchains need build
	cargo build --release --workspace --bin codesm

.PHONY: test
test: ## install and start what tests need, then run all of them
	@$(SCRIPTS)/test

.PHONY: check
check: fmt clippy docs deny spec ## formatting, lints, documentation, dependencies, OpenAPI drift

.PHONY: fmt
fmt: ## check the formatting
	cargo fmt --all --check

.PHONY: clippy
clippy: ## lint everything
	cargo clippy --workspace --all-targets --all-features -- -D warnings

.PHONY: docs
docs: ## build the documentation of the crates
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --workspace --all-features --quiet

.PHONY: deny
deny: ## licences, banned crates, sources, advisories
	@$(SCRIPTS)/deny

.PHONY: spec
spec: ## fail if docs/openapi.json is not what the code says
	$(DEV_BUILD) --quiet
	@$(DEV_CODESM) openapi | diff -u docs/openapi.json - >&2 || \
		{ echo "docs/openapi.json is not what the code says; run 'make openapi' and commit the result" >&2; exit 1; }

.PHONY: openapi
openapi: ## write docs/openapi.json from the code
	$(DEV_BUILD) --quiet
	@$(DEV_CODESM) openapi > docs/openapi.json.new
	@mv docs/openapi.json.new docs/openapi.json

.PHONY: deployment
deployment: ## check Dockerfile, Compose file, Kubernetes manifests, seccomp profile and alert rules, without a container engine
	@$(SCRIPTS)/deployment

.PHONY: hostile
hostile: ## judge the hostile programs of tests/hostile on this machine: HOSTILE='--tier C --filter fork' chooses, CODESM=path names a binary
	@$(SCRIPTS)/hostile $(HOSTILE)

.PHONY: bench
bench: ## measure start, memory, throughput and time to verdict of the release build
	@$(SCRIPTS)/toolchains need build
	@tests/bench/run

.PHONY: bench-judge
bench-judge: ## measure the sandbox and time to verdict beside other sandboxes; writes docs/benchmarks.md
	@$(SCRIPTS)/toolchains need build
	@tests/bench/run-judge

.PHONY: soak
soak: ## send COUNT (10000) submissions to the release build: nothing may grow, no verdict be wrong
	@$(SCRIPTS)/toolchains need build
	@tests/bench/run-soak

# TARGET is taken by the folder of builds.
.PHONY: fuzz
fuzz: ## fuzz what reads hostile bytes, TIME (60) seconds per target; ONLY=name for one
	@$(SCRIPTS)/fuzz $(ONLY)

.PHONY: languages
languages: ## install the toolchains of all languages (Debian and npm packages)
	@$(SCRIPTS)/languages

.PHONY: setup
setup: languages hooks ## prepare a machine for development
	@$(SCRIPTS)/toolchains need build
	@$(SCRIPTS)/deny --install
	@$(SCRIPTS)/test-services up
	cargo fetch --locked

.PHONY: hooks
hooks: ## install the git hooks (formatting, lints)
	git config core.hooksPath .githooks

.PHONY: clean
clean: ## remove what was built; keeps ./data
	cargo clean

.PHONY: distclean
distclean: clean ## also stop and remove what the scripts started and installed in .local
	@$(SCRIPTS)/test-services down
	rm -rf .local
