# Needs the Swift toolchain, and root for deps, test and demo.
PACKAGES = libmnl-dev libsqlite3-dev pkg-config iproute2 iputils-ping nftables sqlite3 util-linux coreutils
SWIFT_RELEASE = swift build -c release --static-swift-stdlib
RELEASE = .build/release
SOURCES = Sources Tests Integration Fuzz Package.swift

.PHONY: deps build test unit-test integration-test lint size fuzz demo clean

# Asks the registry only when something is missing.
deps:
	@dpkg -s $(PACKAGES) >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq --no-install-recommends $(PACKAGES); }

build: deps
	$(SWIFT_RELEASE) --product feltd
	$(SWIFT_RELEASE) --product leasectl

test: build
	swift build --build-tests
	swift test --skip-build --skip IntegrationTests
	swift test --skip-build --no-parallel --filter IntegrationTests

unit-test: deps
	swift test --skip IntegrationTests

integration-test: build
	swift test --no-parallel --filter IntegrationTests

lint:
	swift format lint --strict --recursive $(SOURCES)

# Full Foundation would bring ICU, 44 MB of it, onto machines that have little.
size: build
	@for program in feltd leasectl; do \
	    strip -o $(RELEASE)/$$program.stripped $(RELEASE)/$$program; \
	    bytes=$$(stat -c %s $(RELEASE)/$$program.stripped); \
	    echo "$$program: $$bytes bytes stripped"; \
	    [ $$bytes -le 22000000 ] || { echo "$$program is larger than 22 MB" >&2; exit 1; }; \
	    if grep -qa icudt $(RELEASE)/$$program.stripped; then echo "$$program has ICU linked in" >&2; exit 1; fi; \
	done

# Every fuzz target for a while, from its corpus; a crash leaves its input in .build/fuzz and fails. FUZZ_TARGETS="a b" picks some.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?= $(notdir $(wildcard Fuzz/Corpus/*))
FUZZ = .build/fuzz/release/felt-fuzz
fuzz: deps
	FELT_FUZZ=1 swift build -c release --scratch-path .build/fuzz --product felt-fuzz
	@for target in $(FUZZ_TARGETS); do \
	    mkdir -p .build/fuzz/found/$$target; \
	    SWIFT_BACKTRACE=enable=no FELT_FUZZ_TARGET=$$target $(FUZZ) -max_total_time=$(FUZZ_SECONDS) -max_len=4096 \
	        -rss_limit_mb=1024 -malloc_limit_mb=16 -timeout=10 -print_final_stats=1 -verbosity=0 -artifact_prefix=.build/fuzz/$$target- \
	        .build/fuzz/found/$$target Fuzz/Corpus/$$target >.build/fuzz/$$target.log 2>&1 \
	        || { tail -40 .build/fuzz/$$target.log; echo "$$target has crashed" >&2; exit 1; }; \
	    echo "$$target: $$(sed -n 's/^stat::number_of_executed_units: *//p' .build/fuzz/$$target.log) executions"; \
	done

demo: build
	Integration/demo.sh $(RELEASE)

clean:
	rm -rf .build
