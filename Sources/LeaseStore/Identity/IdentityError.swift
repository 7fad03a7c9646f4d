/// Why there is no identity to be had from its file.
package struct IdentityError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case missing
        /// Not what was written; the reason why.
        case damaged(String)
        /// A newer release wrote it.
        case newerFormat(String)
        /// Others than its owner may read or write it: its permission bits.
        case exposed(mode: UInt32)
        /// It belongs to another user, who can replace it.
        case foreignOwner(uid: UInt32)
        /// There is one already, and it is written once.
        case exists
        case system(SystemFailure)
    }

    package let kind: Kind
    package let path: String

    package init(_ kind: Kind, path: String) {
        self.kind = kind
        self.path = path
    }
}

extension IdentityError: CustomStringConvertible {
    package var description: String {
        switch kind {
        case .missing: "identity \(path) does not exist"
        case .damaged(let why): "identity \(path) is damaged: \(why); restore it from a copy or let feltd make another"
        case .newerFormat(let format):
            "identity \(path) has format \(format), from a newer release; install that release"
        case .exposed(let mode):
            "identity \(path) may be used by others (mode \(String(mode, radix: 8))); it holds the node's private key: "
                + "chmod 600 it if nobody has read it, otherwise delete it"
        case .foreignOwner(let uid): "identity \(path) belongs to user \(uid); chown it to the user that runs feltd"
        case .exists: "identity \(path) exists already and is written only once"
        case .system(let failure): "identity \(path) cannot be used (\(failure))"
        }
    }
}
