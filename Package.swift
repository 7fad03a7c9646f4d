// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "felt",
    products: [
        .executable(name: "feltd", targets: ["feltd"]),
        .executable(name: "leasectl", targets: ["leasectl"]),
        .executable(name: "felt-web", targets: ["felt-web"]),
        .executable(name: "felt-sim", targets: ["felt-sim"]),
        .executable(name: "check-ledger", targets: ["Exploration"]),
        .executable(name: "bench-dataplane", targets: ["bench-dataplane"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    ],
    targets: [
        .target(name: "CLinux"),
        .systemLibrary(name: "CRelease"),
        .systemLibrary(name: "CNetlink", pkgConfig: "libmnl", providers: [.apt(["libmnl-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

        .target(name: "Addressing"),
        .target(name: "LeaseLedger", dependencies: ["Addressing"]),
        .executableTarget(name: "Exploration", dependencies: ["Addressing", "LeaseLedger"]),
        .target(name: "Gossip", dependencies: ["Addressing", "LeaseLedger"]),
        .target(name: "Simulation", dependencies: ["Addressing", "LeaseLedger", "Gossip"]),
        .target(name: "LeaseStore", dependencies: ["Addressing", "LeaseLedger", "CSQLite", crypto]),
        .target(name: "Netlink", dependencies: ["Addressing", "CNetlink", "CLinux"]),
        .target(name: "Dataplane", dependencies: ["Addressing", "LeaseLedger", "Netlink"]),
        .target(name: "ControlAPI", dependencies: ["Addressing", "CRelease"]),
        .target(
            name: "Agent",
            dependencies: [
                "Addressing", "LeaseLedger", "Gossip", "LeaseStore", "Dataplane", "Netlink", "ControlAPI", "Inspection",
                "CLinux", crypto, logging,
            ]),
        .executableTarget(
            name: "felt-sim", dependencies: ["Simulation", "Gossip", "LeaseLedger", "Addressing", argumentParser],
            exclude: ["scenarios.sh"]),
        .executableTarget(
            name: "feltd", dependencies: ["Agent", "Addressing", "LeaseLedger", argumentParser, logging]),
        .target(
            name: "Inspection",
            dependencies: ["Addressing", "LeaseLedger", "LeaseStore", "Netlink", "Dataplane", "ControlAPI"]),
        .target(
            name: "Diagnosis",
            dependencies: [
                "Addressing", "LeaseStore", "LeaseLedger", "Netlink", "Dataplane", "ControlAPI", "Inspection",
            ]),
        .target(name: "Documents", dependencies: ["Addressing", "LeaseLedger", "LeaseStore", "ControlAPI"]),
        .executableTarget(
            name: "leasectl",
            dependencies: [
                "ControlAPI", "LeaseStore", "LeaseLedger", "Addressing", "Netlink", "Dataplane", "Inspection",
                "Diagnosis", "Documents", argumentParser,
            ]),
        .target(
            name: "WebView", dependencies: ["ControlAPI", "Addressing"],
            resources: ["felt.css", "felt.js", "felt.svg"].map { .embedInCode("Assets/\($0)") }),
        .executableTarget(
            name: "felt-web",
            dependencies: [
                "WebView", "ControlAPI", "Addressing", hummingbird, argumentParser, logging,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ]),
        .executableTarget(
            name: "bench-dataplane",
            dependencies: [
                "Agent", "Addressing", "LeaseLedger", "LeaseStore", "Dataplane", "Netlink", "CLinux", argumentParser,
            ], path: "Benchmarks/dataplane", exclude: ["bare.c", "table.h"]),

        .target(name: "TestSupport", dependencies: ["ControlAPI"], path: "Tests/TestSupport"),

        .testTarget(name: "AddressingTests", dependencies: ["Addressing"]),
        .testTarget(name: "LeaseLedgerTests", dependencies: ["LeaseLedger", "Exploration", "Addressing"]),
        .testTarget(name: "GossipTests", dependencies: ["Gossip", "Simulation", "LeaseLedger", "Addressing"]),
        .testTarget(
            name: "LeaseStoreTests", dependencies: ["LeaseStore", "LeaseLedger", "Addressing", "CSQLite", crypto]),
        .target(name: "NetworkTestSupport", dependencies: ["CLinux"], path: "Tests/NetworkTestSupport"),
        .testTarget(name: "NetlinkTests", dependencies: ["Netlink", "Addressing", "NetworkTestSupport"]),
        .testTarget(
            name: "DataplaneTests",
            dependencies: ["Dataplane", "Netlink", "LeaseLedger", "Addressing", "NetworkTestSupport"]),
        .testTarget(
            name: "InspectionTests",
            dependencies: [
                "Inspection", "Dataplane", "Netlink", "LeaseLedger", "Addressing", "ControlAPI", "NetworkTestSupport",
            ]),
        .testTarget(name: "ControlAPITests", dependencies: ["ControlAPI", "Addressing", "TestSupport"]),
        .testTarget(name: "WebViewTests", dependencies: ["WebView", "ControlAPI", "Addressing", "TestSupport"]),
        .testTarget(
            name: "AgentTests",
            dependencies: ["Agent", "Gossip", "LeaseLedger", "LeaseStore", "Addressing", "ControlAPI", crypto, logging]),
        .testTarget(name: "DiagnosisTests", dependencies: ["Diagnosis", "Addressing", "ControlAPI", "Inspection"]),
        .testTarget(
            name: "LeasectlTests",
            dependencies: [
                "leasectl", "ControlAPI", "Documents", "LeaseStore", "LeaseLedger", "Addressing", "TestSupport",
                argumentParser,
            ]),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "Addressing", "LeaseLedger", "LeaseStore", "Gossip", "Agent", "CLinux", "ControlAPI", "TestSupport",
            ],
            path: "Integration", exclude: ["demo.sh", "FaultInjection", "Chaos", "PythonLab"]),
    ],
    swiftLanguageModes: [.v6]
)

// libFuzzer's driver is linked, and the code instrumented, only for `make fuzz`. Without the address sanitizer it cannot
// see how much is allocated at once.
var settingsOfAll = settings
if Context.environment["FELT_FUZZ"] != nil {
    settingsOfAll.append(.unsafeFlags(["-sanitize=fuzzer,address"]))
    package.products.append(.executable(name: "felt-fuzz", targets: ["FuzzDriver"]))
    package.targets += [
        .systemLibrary(name: "CFuzzer", path: "Fuzz/CFuzzer"),
        .executableTarget(
            name: "FuzzDriver",
            dependencies: [
                "Agent", "Addressing", "ControlAPI", "Documents", "Gossip", "LeaseLedger", "LeaseStore", "Netlink",
                "CFuzzer", "CSQLite",
            ],
            path: "Fuzz/Driver", linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
    ]
}

for target in package.targets where target.type != .system && target.name != "CLinux" {
    target.swiftSettings = settingsOfAll
}
