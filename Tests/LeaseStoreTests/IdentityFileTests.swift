import Glibc
import Testing

@testable import LeaseStore

@Suite struct IdentityFileTests {
    let directory: TemporaryDirectory
    let file: IdentityFile
    let identity: Identity

    init() throws {
        directory = try TemporaryDirectory()
        file = IdentityFile(stateDirectory: directory.path)
        identity = try #require(Identity(privateKey: (0..<32).map { $0 * 7 }, fingerprint: 0x0123_4567_89AB_CDEF))
    }

    @Test func `an identity is read back as it was written, by its owner alone, and leaves nothing else`() throws {
        try file.create(identity)
        #expect(try file.read() == identity)
        #expect(try Descriptor(opening: file.path, flags: O_RDONLY).status().st_mode & 0o7777 == 0o600)
        #expect(Paths.entries(of: directory.path) == ["identity"])
    }

    @Test func `an identity is written once`() throws {
        try file.create(identity)
        let other = try #require(Identity(privateKey: [UInt8](repeating: 1, count: 32), fingerprint: 1))
        #expect(#expect(throws: IdentityError.self) { try file.create(other) }?.kind == .exists)
        #expect(try file.read() == identity)
    }

    @Test func `what a crash left of an unfinished identity is in nobody's way`() throws {
        try overwrite(file.path + ".new", Array("felt-iden".utf8))
        #expect(#expect(throws: IdentityError.self) { try file.read() }?.kind == .missing)
        try file.create(identity)
        #expect(try file.read() == identity)
    }

    @Test(arguments: [0o644, 0o640, 0o602, 0o601] as [mode_t])
    func `an identity that others may use is refused`(mode: mode_t) throws {
        try file.create(identity)
        chmod(file.path, mode)
        #expect(#expect(throws: IdentityError.self) { try file.read() }?.kind == .exposed(mode: mode))
    }

    @Test func `an identity of another user is refused to one who is not root`() throws {
        try file.create(identity)
        chown(file.path, 12_345, 12_345)
        #expect(#expect(throws: IdentityError.self) { try file.read() }?.kind == .foreignOwner(uid: 12_345))
    }

    @Test func `a truncated identity is damaged at every length`() throws {
        let whole = identity.encoded
        for length in 0..<whole.count {
            #expect(throws: Identity.CodingFailure.self, "\(length) bytes") {
                try Identity(encoded: Array(whole[..<length]))
            }
        }
    }

    @Test func `a flipped bit anywhere is noticed`() throws {
        let whole = identity.encoded
        for position in 0..<whole.count * 8 {
            var bytes = whole
            bytes[position / 8] ^= 1 << (position % 8)
            #expect(throws: Identity.CodingFailure.self, "bit \(position)") { try Identity(encoded: bytes) }
        }
    }

    @Test func `a newer format is told from damage`() {
        #expect(throws: Identity.CodingFailure.newerFormat("2")) {
            try Identity(encoded: Array("felt-identity 2\n".utf8))
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `random bytes are damaged, never a trap`(seed: UInt64) {
        var random = TestRandom(state: seed)
        var bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        if Bool.random(using: &random) { bytes = Array("felt-identity 1\n".utf8) + bytes }
        #expect(throws: Identity.CodingFailure.self, "seed \(seed)") { try Identity(encoded: bytes) }
    }

    @Test func `a directory or a link in its place is no identity`() throws {
        mkdir(file.path, 0o700)
        #expect(throws: IdentityError.self) { try file.read() }
        rmdir(file.path)
        symlink("/etc/hostname", file.path)
        #expect(throws: IdentityError.self) { try file.read() }
        #expect(#expect(throws: IdentityError.self) { try file.create(identity) }?.kind == .exists)
    }

    @Test func `identities set aside keep their names apart`() throws {
        for number in 1...3 {
            try file.create(identity)
            #expect(try file.setAside(.damaged) == "\(file.path).damaged-\(number)")
        }
        #expect(#expect(throws: IdentityError.self) { try file.setAside(.cloned) }?.kind == .missing)
    }

    @Test func `the key does not show when an identity is printed`() {
        #expect("\(identity)" == "identity made on machine 0123456789abcdef")
        #expect(!String(reflecting: identity).contains("7,"))
    }
}
