# Needs the Swift toolchain, and root for deps, test and demo.
PACKAGES = libmnl-dev libsqlite3-dev pkg-config iproute2 iputils-ping nftables sqlite3 util-linux coreutils gcc bc
SWIFT_RELEASE = swift build -c release --static-swift-stdlib
RELEASE = .build/release
SOURCES = Sources Tests Integration Package.swift

.PHONY: deps build test unit-test integration-test lint size demo idle-writes clean
DESTDIR =
DEB_OUTPUT = .build/deb

.PHONY: deps build test unit-test integration-test check-ledger lint size demo install deb test-deb sbom sanitize clean

# Asks the registry only when something is missing.
deps:
	@dpkg -s $(PACKAGES) >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq --no-install-recommends $(PACKAGES); }

build: deps
	Packaging/scripts/generate-release.sh
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

# Every order of events in small clusters over the shipped LeaseLedger; `deep` takes longer, `mutants` must be caught.
check-ledger: deps
	swift run -c release --static-swift-stdlib check-ledger quick
	swift run -c release --static-swift-stdlib check-ledger mutants

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

demo: build
	Integration/demo.sh $(RELEASE)

# 64 daemons that have nothing to do for ten minutes, then nodes that come and go: what is written.
idle-writes: build
	SETTLE_SECONDS=330 Benchmarks/idle-writes
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

# What Felt is made of, with versions and licences (CycloneDX).
sbom: deps
	swift package resolve
	Packaging/scripts/sbom.py "$$(Packaging/scripts/version.sh)" >.build/felt.cdx.json
	@echo .build/felt.cdx.json

# The unit tests under the address and the thread sanitizer, in folders of their own.
sanitize: deps
	swift test --sanitize=address --scratch-path .build-address --skip IntegrationTests
	swift test --sanitize=thread --scratch-path .build-thread --skip IntegrationTests

clean:
	rm -rf .build
