internal import FoundationEssentials
internal import Glibc

/// The database and the files that SQLite keeps beside it.
enum DatabaseFiles {
    static let name = "felt.db"
    static let companions = ["-wal", "-shm", "-journal"]
    /// How many damaged databases are kept; the oldest goes for the next.
    static let mostKept = 8

    enum Look: Equatable {
        case absent
        case usable
        case damaged(SetAside.Reason)
    }

    /// Judges the file by its first bytes. Only while no connection of this process has it open: closing a descriptor
    /// of it would drop SQLite's locks (fcntl(2)).
    static func look(at path: String) throws(StoreError) -> Look {
        guard Paths.exists(path) else {
            return (Paths.size(of: path + "-wal") ?? 0) > 0 ? .damaged(.orphaned) : .absent
        }
        let head: [UInt8]
        let size: Int
        do {
            let file = try Descriptor(opening: path, flags: O_RDONLY | O_NONBLOCK)
            let status = try file.status()
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw StoreError(.notADatabase, path: path, detail: "not a regular file")
            }
            // It may hold the cluster's key.
            if status.st_mode & 0o077 != 0 { try? file.setMode(0o600) }
            head = try file.read(limit: 100)
            size = Int(status.st_size)
        } catch {
            throw StoreError(from: error, path: path)
        }
        let magic = Array("SQLite format 3\0".utf8)
        if head.allSatisfy({ $0 == 0 }) { return .damaged(head.isEmpty ? .truncated : .zeroed) }
        if head.count < 100, head.starts(with: magic) || magic.starts(with: head) { return .damaged(.truncated) }
        guard head.starts(with: magic) else {
            throw StoreError(.notADatabase, path: path, detail: "it does not begin with SQLite's header")
        }
        // SQLite fills up a last page that is cut off with zeros. With a log beside it, the log may have the rest.
        let pageSize = max(Int(head[16]) << 8 | Int(head[17]), 512)
        let hasLog = (Paths.size(of: path + "-wal") ?? 0) > 0
        return size % pageSize == 0 || hasLog ? .usable : .damaged(.truncated)
    }

    /// Gives the database and its companions a name that says when and why: felt.db.corrupt-<why>-<UTC>-<number>.
    static func setAside(_ path: String, _ reason: SetAside.Reason, detail: String) throws(StoreError) -> SetAside {
        let directory = Paths.parent(of: path)
        let prefix = "\(path.dropFirst(directory.count + 1)).corrupt-"
        var kept: [(number: Int, name: String)] = Paths.entries(of: directory).compactMap { name in
            guard name.hasPrefix(prefix) else { return nil }
            return name.dropFirst(prefix.count).split(separator: "-").lazy.compactMap { Int($0) }.first
                .map { (number: $0, name: name) }
        }
        kept.sort { $0.number < $1.number }
        let number = (kept.last?.number ?? 0) + 1
        for old in kept where old.number <= number - mostKept { unlink(directory + "/" + old.name) }
        let keptAs = "\(directory)/\(prefix)\(reason.rawValue)-\(utc())-\(number)"
        do {
            // The log first: a crash in between must not leave it to be applied to the next database.
            for companion in companions + [""] where Paths.exists(path + companion) {
                try Paths.rename(path + companion, to: keptAs + companion)
            }
            try Paths.syncDirectory(directory)
        } catch {
            throw StoreError(error, path: path)
        }
        return SetAside(reason: reason, keptAs: keptAs, detail: detail)
    }

    /// The wall clock names files for people; nothing is decided by it.
    private static func utc() -> String {
        Date().formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
    }

    static func remove(_ path: String) {
        for companion in [""] + companions { unlink(path + companion) }
    }
}
