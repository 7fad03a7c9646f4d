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
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "felt",
    products: [
        .executable(name: "feltd", targets: ["feltd"]),
        .executable(name: "leasectl", targets: ["leasectl"]),
        .executable(name: "felt-sim", targets: ["felt-sim"]),
        .executable(name: "check-ledger", targets: ["Exploration"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
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
                "Addressing", "LeaseLedger", "Gossip", "LeaseStore", "Dataplane", "Netlink", "ControlAPI", "CLinux",
                crypto, logging,
            ]),
        .executableTarget(
            name: "felt-sim", dependencies: ["Simulation", "Gossip", "LeaseLedger", "Addressing", argumentParser]),
        .executableTarget(
            name: "feltd", dependencies: ["Agent", "Addressing", "LeaseLedger", argumentParser, logging]),
        .executableTarget(
            name: "leasectl", dependencies: ["ControlAPI", "LeaseStore", "LeaseLedger", "Addressing", argumentParser]),

        .testTarget(name: "AddressingTests", dependencies: ["Addressing"]),
        .testTarget(name: "LeaseLedgerTests", dependencies: ["LeaseLedger", "Exploration", "Addressing"]),
        .testTarget(name: "GossipTests", dependencies: ["Gossip", "Simulation", "LeaseLedger", "Addressing"]),
        .testTarget(
            name: "LeaseStoreTests", dependencies: ["LeaseStore", "LeaseLedger", "Addressing", "CSQLite", crypto]),
        .testTarget(name: "NetlinkTests", dependencies: ["Netlink", "Addressing", "CLinux"]),
        .testTarget(
            name: "DataplaneTests", dependencies: ["Dataplane", "Netlink", "LeaseLedger", "Addressing", "CLinux"]),
        .testTarget(name: "ControlAPITests", dependencies: ["ControlAPI", "Addressing"]),
        .testTarget(
            name: "AgentTests",
            dependencies: ["Agent", "Gossip", "LeaseLedger", "Addressing", "ControlAPI", crypto, logging]),
        .testTarget(
            name: "LeasectlTests", dependencies: ["leasectl", "ControlAPI", "LeaseStore", "LeaseLedger", "Addressing"]),
        .testTarget(
            name: "IntegrationTests", dependencies: ["Addressing", "CLinux"], path: "Integration",
            exclude: ["demo.sh", "FaultInjection"]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system && target.name != "CLinux" {
    target.swiftSettings = settings
}
