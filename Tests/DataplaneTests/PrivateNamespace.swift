import CLinux
import Glibc
import Testing

/// Runs `body` on this thread inside a network namespace of its own, which ends with it.
func inPrivateNamespace<Result>(_ body: () throws -> Result) throws -> Result {
    let home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    try #require(home >= 0)
    defer { close(home) }
    try #require(clinux_unshare_network_namespace() == 0, "the tests need root")
    defer {
        // A thread of the pool that stayed behind would run other tests in the wrong namespace.
        guard clinux_enter_network_namespace(home) == 0 else { fatalError("cannot return from a private namespace") }
    }
    return try body()
}

/// Runs a command in the namespace of this thread and gives what it wrote, trailing blanks cut from each line.
@discardableResult
func shell(_ command: String, location: SourceLocation = #_sourceLocation) throws -> String {
    let pipe = try #require(popen("{ \(command)\n} 2>&1", "re"), sourceLocation: location)
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = fread(&buffer, 1, buffer.count, pipe)
        if count == 0 { break }
        output += buffer[..<count]
    }
    let status = pclose(pipe)
    let text = String(decoding: output, as: UTF8.self)
    try #require(status == 0, "\(command): \(text)", sourceLocation: location)
    return text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { String($0.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
}

/// An underlay: eth0 192.168.50.1/24, its other end peer0 in the same namespace. The kernel settles the operational state
/// of links after the command that raised them has ended; it is waited for, so that states can be compared.
func makeUnderlay(mtu: Int = 1500) throws {
    try shell(
        """
        set -e
        ip link set lo up
        ip link add eth0 mtu \(mtu) type veth peer name peer0 mtu \(mtu)
        ip addr add 192.168.50.1/24 dev eth0
        ip link set eth0 up
        ip link set peer0 up
        for link in eth0 peer0; do until ip link show $link | grep -q 'state UP'; do sleep 0.01; done; done
        """)
}

/// SplitMix64: a seeded generator, so that a failing case can be repeated.
struct TestRandom: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
