# Needs the Swift toolchain, and root for deps, test and demo.
PACKAGES = libmnl-dev libsqlite3-dev pkg-config iproute2 iputils-ping nftables sqlite3 util-linux coreutils gcc bc
# The container runtimes that the documentation tells how to set up; iptables is for their own rules.
CONTAINER_PACKAGES = containernetworking-plugins iptables podman netavark runc docker.io systemd-container busybox-static
# A browser for felt-web's page, and the checker of what it tells Prometheus.
# man and mandoc for the manual pages.
TEST_PACKAGES = $(PACKAGES) curl socat chromium fonts-dejavu-core prometheus man-db mandoc python3 strace systemd \
    $(CONTAINER_PACKAGES)
# For bench-dataplane alone.
BENCH_PACKAGES = iperf3 gcc libc6-dev
# Nobody links against the programs: without exported symbols they are 1.6 MB smaller.
SWIFT_RELEASE = swift build -c release --static-swift-stdlib -Xlinker --no-export-dynamic
RELEASE = .build/release
SOURCES = Sources Tests Integration Benchmarks Fuzz Package.swift
DESTDIR =
DEB_OUTPUT = .build/deb

.PHONY: bench-dataplane bench-gossip bench-gossip-scale build chaos chaos-deps chaos-quick check-ledger \
    clean deb demo deps fuzz idle-writes install integration-test lint outsider sanitize sbom sim sim-quick \
    size soak test test-deb test-deps unit-test

# Asks the registry only when something is missing.
deps:
	@dpkg -s $(PACKAGES) >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq --no-install-recommends $(PACKAGES); }

# Services that come with a package are not wanted: RUNLEVEL=1 keeps them from being started.
test-deps:
	@dpkg -s $(TEST_PACKAGES) >/dev/null 2>&1 || { apt-get update -qq && \
	    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(TEST_PACKAGES); }

build: deps
	Packaging/scripts/generate-release.sh
	$(SWIFT_RELEASE) --product feltd
	$(SWIFT_RELEASE) --product leasectl
	$(SWIFT_RELEASE) --product felt-web

test: test-deps build
	swift build --build-tests
	swift test --skip-build --skip IntegrationTests
	swift test --skip-build --no-parallel --filter IntegrationTests

unit-test: deps
	swift test --skip IntegrationTests

integration-test: test-deps build
	swift test --no-parallel --filter IntegrationTests

# Every order of events in small clusters over the shipped LeaseLedger; `deep` takes longer, `mutants` must be caught.
check-ledger: deps
	swift run -c release --static-swift-stdlib check-ledger quick
	swift run -c release --static-swift-stdlib check-ledger mutants

# Real daemons ended at CRASHES of their writes: killed before one, in its middle, or with all that was not synced lost.
# `make test` does 150.
CRASHES = 1000
.PHONY: crash-test
crash-test: test-deps build
	swift build --build-tests
	FELT_CRASHES=$(CRASHES) swift test --skip-build --no-parallel --filter StoreCrashTests

# Whole clusters on virtual time: fixed seeds and a random one. A failing run prints the command that repeats it.
sim: deps
	$(SWIFT_RELEASE) --product felt-sim
	Sources/felt-sim/scenarios.sh $(RELEASE)/felt-sim full

sim-quick: deps
	$(SWIFT_RELEASE) --product felt-sim
	Sources/felt-sim/scenarios.sh $(RELEASE)/felt-sim quick

lint:
	swift format lint --strict --recursive $(SOURCES)

# Full Foundation would bring ICU, 44 MB of it, onto machines that have little. felt-web carries an HTTP server.
size: build
	@for limit in feltd:22000000 leasectl:22000000 felt-web:28000000; do \
	    program=$${limit%:*}; limit=$${limit#*:}; \
	    strip -o $(RELEASE)/$$program.stripped $(RELEASE)/$$program; \
	    bytes=$$(stat -c %s $(RELEASE)/$$program.stripped); \
	    echo "$$program: $$bytes bytes stripped"; \
	    [ $$bytes -le $$limit ] || { echo "$$program is larger than $$limit bytes" >&2; exit 1; }; \
	    if grep -qa icudt $(RELEASE)/$$program.stripped; then echo "$$program has ICU linked in" >&2; exit 1; fi; \
	done

# A network namespace of its own; some three minutes. The figures are printed, and left as JSON.
bench-dataplane: deps
	@dpkg -s $(BENCH_PACKAGES) >/dev/null 2>&1 || apt-get install -y -qq --no-install-recommends $(BENCH_PACKAGES)
	$(SWIFT_RELEASE) --product feltd
	$(SWIFT_RELEASE) --product bench-dataplane
	mkdir -p .build/bench
	$(CC) -O2 -Wall -Wextra -Werror -o .build/bench/bare Benchmarks/dataplane/bare.c -lmnl
	$(RELEASE)/bench-dataplane --json .build/bench/dataplane.json
# Every fuzz target for a while, from its corpus; a crash leaves its input in .build/fuzz and fails. FUZZ_TARGETS="a b" picks
# some. Inputs are no longer than the longest of the corpus, or 4,096 bytes.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?= $(notdir $(wildcard Fuzz/Corpus/*))
FUZZ = .build/fuzz/release/felt-fuzz
# In MiB. For a row that claims 4 GiB in a database of 512-byte pages, SQLite reserves a list of eight million pages, and uses none.
FUZZ_MALLOC = $$(case $$target in database) echo 80;; *) echo 16;; esac)
fuzz: deps
	FELT_FUZZ=1 swift build -c release --scratch-path .build/fuzz --product felt-fuzz
	@for target in $(FUZZ_TARGETS); do \
	    mkdir -p .build/fuzz/found/$$target; \
	    SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=16 FELT_FUZZ_TARGET=$$target \
	        $(FUZZ) -max_total_time=$(FUZZ_SECONDS) \
	        -rss_limit_mb=1024 -malloc_limit_mb=$(FUZZ_MALLOC) -timeout=10 -seed=1 -print_final_stats=1 -verbosity=0 -artifact_prefix=.build/fuzz/$$target- \
	        .build/fuzz/found/$$target Fuzz/Corpus/$$target >.build/fuzz/$$target.log 2>&1 \
	        || { tail -40 .build/fuzz/$$target.log; echo "$$target has crashed" >&2; exit 1; }; \
	    echo "$$target: $$(sed -n 's/^stat::number_of_executed_units: *//p' .build/fuzz/$$target.log) executions"; \
	done

demo: build
	Integration/demo.sh $(RELEASE)

# 64 daemons that have nothing to do for ten minutes, then nodes that come and go: what is written.
idle-writes: build
	Benchmarks/idle-writes

install: build
	Packaging/scripts/install.sh $(RELEASE) "$(DESTDIR)"

deb: build
	@command -v dpkg-shlibdeps >/dev/null || apt-get install -y -qq --no-install-recommends dpkg-dev
	Packaging/scripts/deb.sh $(RELEASE) $(DEB_OUTPUT)

# Installs, runs, upgrades, removes and purges the package in a Debian root of its own.
test-deb: build
	@command -v debootstrap >/dev/null || apt-get install -y -qq --no-install-recommends debootstrap
	@command -v dpkg-shlibdeps >/dev/null || apt-get install -y -qq --no-install-recommends dpkg-dev
	Packaging/scripts/test-deb.sh $(RELEASE)

# What Felt is made of, with versions and licences (CycloneDX); fails where one is missing.
sbom: build
	swift package resolve
	Packaging/scripts/sbom.py "$$(Packaging/scripts/version.sh)" $(addprefix $(RELEASE)/,feltd leasectl felt-web) \
	    >.build/felt.cdx.json
	@echo .build/felt.cdx.json

# All tests under the address and the thread sanitizer, in folders of their own: the unit tests, then the integration tests
# with sanitized daemons. There what measures memory is left out, and what puts a library (LD_PRELOAD) or a tracer before
# the sanitizer's. Whatever a sanitizer finds, in a daemon that a test kills too, stays in .build-SANITIZER/found and fails.
SANITIZERS = address thread
TSAN_SUPPRESSIONS = suppressions=$(CURDIR)/Tests/thread-sanitizer.supp
UNSANITIZED = MemoryTests|StoreCrashTests|StoreDiskTests|AbsenceTests|ClockTests|makes.no.system.call|members.made.up.without.end
sanitize: test-deps build $(addprefix sanitize-,$(SANITIZERS))
# The argument parser leaks some bytes where arguments are wrong.
sanitize-%: deps
	ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=$(TSAN_SUPPRESSIONS) swift test --sanitize=$* --scratch-path .build-$* --skip IntegrationTests
	for program in feltd leasectl felt-web; do \
	    swift build --sanitize=$* --scratch-path .build-$* --product $$program || exit 1; \
	done
	rm -rf .build-$*/found && mkdir -p .build-$*/found
	FELT_BIN_DIR=$(CURDIR)/.build-$*/debug ASAN_OPTIONS=detect_leaks=0:log_path=$(CURDIR)/.build-$*/found/report \
	    TSAN_OPTIONS=$(TSAN_SUPPRESSIONS):log_path=$(CURDIR)/.build-$*/found/report \
	    swift test --no-parallel --filter IntegrationTests --skip '$(UNSANITIZED)'
	@! cat .build-$*/found/* 2>/dev/null | grep .
# felt beside serf (about 20 minutes); ROUNDS=, NODES=, QUIET= as Benchmarks/gossip/bench.py names them.
ROUNDS = 3
NODES = 16 64
QUIET = 60

bench-gossip: build
	@dpkg -s serf python3 >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq --no-install-recommends serf python3; }
	python3 Benchmarks/gossip/bench.py --feltd $(RELEASE)/feltd --nodes $(NODES) --rounds $(ROUNDS) --quiet $(QUIET) \
	    --json .build/bench-gossip.json

bench-gossip-scale: build
	python3 Benchmarks/gossip/scale.py --feltd $(RELEASE)/feltd --json .build/bench-gossip-scale.json

# Faults at random over real daemons. A failing run prints the command that repeats it and leaves .build/chaos/SEED.
CHAOS_PACKAGES = python3 gcc libc6-dev
SEED = $(shell od -An -N3 -tu4 /dev/urandom | tr -d ' ')
CHAOS = python3 Integration/Chaos/chaos.py --feltd $(RELEASE)/feltd --leasectl $(RELEASE)/leasectl

.PHONY: chaos-deps chaos chaos-quick outsider soak
chaos-deps: deps
	@dpkg -s $(CHAOS_PACKAGES) >/dev/null 2>&1 || { apt-get update -qq && \
	    apt-get install -y -qq --no-install-recommends $(CHAOS_PACKAGES); }

chaos: MINUTES = 5
chaos: NODES = 8
chaos: chaos-deps build
	$(CHAOS) --seed $(SEED) --minutes $(MINUTES) --nodes $(NODES)

# Three minutes and a half of fixed seeds, one of them over a pool that is just enough.
chaos-quick: chaos-deps build
	$(CHAOS) --seed 4 --minutes 1.5 --nodes 8 --round 20
	$(CHAOS) --seed 12 --minutes 1.5 --nodes 8 --round 20

# Floods, forgeries and a replay from somebody without a key, as fast as this machine sends.
outsider: chaos-deps build
	python3 Integration/Chaos/outsider.py --feltd $(RELEASE)/feltd --leasectl $(RELEASE)/leasectl

# Daemons under churn, half of them left alone. Debian's python3, which is the one that has Debian's matplotlib.
soak: MINUTES = 60
soak: NODES = 32
soak: chaos-deps build
	@dpkg -s python3-matplotlib >/dev/null 2>&1 || { apt-get update -qq && \
	    apt-get install -y -qq --no-install-recommends python3-matplotlib; }
	/usr/bin/python3 Integration/Chaos/soak.py --feltd $(RELEASE)/feltd --leasectl $(RELEASE)/leasectl \
	    --minutes $(MINUTES) --nodes $(NODES)

clean:
	rm -rf .build
