internal import Addressing
internal import Agent
internal import ControlAPI
internal import Gossip
internal import LeaseLedger
internal import Netlink

/// What is fuzzed. A target traps when a property does not hold, as the code under it does when it is wrong.
enum FuzzTarget: String, CaseIterable {
    /// A datagram from anybody, before it is opened.
    case sealed
    /// What stands inside, from somebody who has the key.
    case datagram
    /// Whole-state handling: the bytes are a sequence of inputs.
    case gossip
    /// What records and rows of the database hold.
    case record
    case keyring
    case token
    case control
    case configuration
    case netconf
    case netlink
    /// What `leasectl import` reads.
    case document
    /// What a program that is not ours may have put into the database's tables.
    case row
    /// The database as a whole file.
    case database

    /// Written once, before the fuzzer starts.
    nonisolated(unsafe) static var chosen = FuzzTarget.datagram

    func run(_ bytes: [UInt8]) {
        switch self {
        case .sealed: Self.sealed(bytes)
        case .datagram: Self.datagram(bytes)
        case .gossip: GossipDriver.run(bytes)
        case .record: Self.record(bytes)
        case .keyring: Self.keyring(bytes)
        case .token:
            if let token = try? JoinToken(parsing: String(decoding: bytes, as: UTF8.self)) {
                precondition((try? JoinToken(parsing: token.text)) == token)
            }
        case .control: Self.control(bytes)
        case .configuration:
            Scratch.withFile(bytes) { path in
                _ = try? FeltdConfiguration(flags: [:], configPath: path, environment: [:], hostName: "fuzz")
            }
        case .netconf:
            Scratch.withFile(bytes) { path in
                _ = try? FeltdConfiguration(
                    flags: [.netConf: [path]], configPath: nil, environment: [:], hostName: "fuzz")
            }
        case .netlink: Self.netlink(bytes)
        case .document: DocumentDriver.run(bytes)
        case .row: RowDriver.run(bytes)
        case .database: DatabaseDriver.run(bytes)
        }
    }

    private static let secure = DatagramSealer(ring: ClusterKey(bytes: Array(0..<32)).flatMap { KeyRing([$0]) })
    private static let insecure = DatagramSealer(ring: nil)

    private static func sealed(_ bytes: [UInt8]) {
        if let plaintext = try? secure.open(bytes) {
            // Only the corpus can hold such; nobody guesses one.
            precondition(plaintext.count + secure.overhead == bytes.count)
        }
        // The key's id has no meaning there: any is taken.
        if let plaintext = try? insecure.open(bytes) {
            precondition(insecure.seal(plaintext).dropFirst(8) == bytes.dropFirst(8))
        }
    }

    private static func datagram(_ bytes: [UInt8]) {
        guard let datagram = try? Datagram(decoding: bytes) else { return }
        precondition(DatagramHeader.sender(of: bytes) == datagram.header.sender)
        // What was skipped or not canonical may make the encoding another; its meaning stays.
        let encoded = datagram.encoded()
        precondition((try? Datagram(decoding: encoded)) == datagram)
    }

    private static func record(_ bytes: [UInt8]) {
        if let record = try? NodeRecord(encoded: bytes) {
            precondition((try? NodeRecord(encoded: record.encoded())) == record)
        }
        let signature = [UInt8](repeating: 0, count: SignedRecord.signatureLength)
        if let revocation = try? SignedRevocation(body: bytes, signature: signature) {
            precondition(revocation.body == bytes)
        }
    }

    /// Two rings from one input: merging must not depend on the order.
    private static func keyring(_ bytes: [UInt8]) {
        let half = bytes.count / 2
        guard let whole = try? KeyRingState(encoded: bytes) else {
            guard let left = try? KeyRingState(encoded: Array(bytes[..<half])),
                let right = try? KeyRingState(encoded: Array(bytes[half...]))
            else { return }
            let merged = left.merged(with: right)
            precondition(merged == right.merged(with: left))
            precondition(merged.merged(with: left) == merged && merged.merged(with: right) == merged)
            precondition(merged.ring?.sealing.id == merged.sealingID)
            return
        }
        precondition((try? KeyRingState(encoded: whole.encoded)) == whole)
        precondition(whole.merged(with: whole) == whole)
    }

    private static func control(_ bytes: [UInt8]) {
        guard let request = try? ControlRequest(line: bytes) else { return }
        if let selection = try? request.parameters(as: LeaseSelection.self) { _ = try? selection.pick(from: []) }
        _ = try? request.parameters(as: NoParameters.self)
        _ = try? request.parameters(as: KeyAddition.self)
        _ = try? request.parameters(as: KeyChoice.self)
        _ = try? request.parameters(as: BanRequest.self)
        if let line = try? JSONLine.encode(request) {
            precondition((try? ControlRequest(line: line))?.method == request.method)
            precondition(!line.contains(UInt8(ascii: "\n")))
        }
    }

    private static func netlink(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { datagram in
            var messages = NetlinkMessages(datagram)
            while let message = messages.next() { precondition(message.payload.count <= bytes.count) }
            _ = NetlinkNotification.all(in: datagram)
        }
    }
}
