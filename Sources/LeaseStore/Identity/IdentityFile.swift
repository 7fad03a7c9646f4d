internal import Glibc

/// <state-dir>/identity: written once, readable by its owner alone, and never rewritten. It is what makes a node itself;
/// the database beside it can be lost. Used under the store's lock, by one daemon.
package struct IdentityFile: Sendable {
    package let path: String
    private let directory: String
    /// Longer files are not identities.
    private static let longest = 4_096

    package init(stateDirectory: String) {
        directory = stateDirectory
        path = stateDirectory + "/identity"
    }

    /// - Throws: missing, damaged, newerFormat, exposed, foreignOwner, and what the system says.
    package func read() throws(IdentityError) -> Identity {
        let bytes: [UInt8]
        let status: stat
        do {
            let file = try Descriptor(opening: path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            status = try file.status()
            bytes = status.st_mode & S_IFMT == S_IFREG ? try file.read(limit: Self.longest + 1) : []
        } catch {
            throw IdentityError(error.code == ENOENT ? .missing : .system(error), path: path)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw IdentityError(.damaged("it is not a regular file"), path: path)
        }
        guard status.st_mode & 0o077 == 0 else {
            throw IdentityError(.exposed(mode: status.st_mode & 0o7777), path: path)
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw IdentityError(.foreignOwner(uid: status.st_uid), path: path)
        }
        guard bytes.count <= Self.longest else { throw IdentityError(.damaged("it is too long"), path: path) }
        do {
            return try Identity(encoded: bytes)
        } catch {
            switch error {
            case .damaged(let why): throw IdentityError(.damaged(why), path: path)
            case .newerFormat(let format): throw IdentityError(.newerFormat(format), path: path)
            }
        }
    }

    /// Writes the identity; it is on the disk when this returns, and either whole or not there if it does not.
    ///
    /// - Throws: exists, and what the system says.
    package func create(_ identity: Identity) throws(IdentityError) {
        let temporary = path + ".new"
        // What a crash left; never a published identity.
        unlink(temporary)
        defer { unlink(temporary) }
        do {
            do {
                let file = try Descriptor(
                    opening: temporary, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
                try file.setMode(0o600)
                try file.write(identity.encoded)
                try file.sync()
            }
            try Paths.publish(temporary, as: path)
            try Paths.syncDirectory(directory)
        } catch {
            throw IdentityError(error.code == EEXIST ? .exists : .system(error), path: path)
        }
    }

    /// Why an identity is no longer this node's.
    package enum Retirement: String, Sendable {
        case damaged
        /// The machine is another than the one it was made on.
        case cloned
        case exposed
    }

    /// Renames the file to identity.<reason>-<number>, never over another, and gives its new path.
    @discardableResult
    package func setAside(_ reason: Retirement) throws(IdentityError) -> String {
        for number in 1...999 {
            let name = "\(path).\(reason.rawValue)-\(number)"
            if Paths.exists(name) { continue }
            do {
                try Paths.rename(path, to: name)
                try Paths.syncDirectory(directory)
                return name
            } catch {
                throw IdentityError(error.code == ENOENT ? .missing : .system(error), path: path)
            }
        }
        throw IdentityError(.system(SystemFailure(call: "rename", code: EEXIST)), path: path)
    }
}
