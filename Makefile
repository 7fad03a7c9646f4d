# Needs the Swift toolchain, and root for deps, test and demo.
PACKAGES = libmnl-dev libsqlite3-dev pkg-config iproute2 iputils-ping nftables sqlite3 util-linux coreutils
# A browser for felt-web's page, and the checker of what it tells Prometheus.
TEST_PACKAGES = $(PACKAGES) curl socat chromium fonts-dejavu-core prometheus
SWIFT_RELEASE = swift build -c release --static-swift-stdlib
RELEASE = .build/release
SOURCES = Sources Tests Integration Package.swift

.PHONY: deps test-deps build test unit-test integration-test lint size demo clean

# Asks the registry only when something is missing.
deps:
	@dpkg -s $(PACKAGES) >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq --no-install-recommends $(PACKAGES); }

# Services that come with a package are not wanted: RUNLEVEL=1 keeps them from being started.
test-deps:
	@dpkg -s $(TEST_PACKAGES) >/dev/null 2>&1 || { apt-get update -qq && \
	    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(TEST_PACKAGES); }

build: deps
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

demo: build
	Integration/demo.sh $(RELEASE)

clean:
	rm -rf .build
