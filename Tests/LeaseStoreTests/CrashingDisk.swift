import CSQLite
import Synchronization

/// A disk under SQLite whose power can be cut: the default VFS, with writes below one directory watched. At a chosen
/// write it stops taking any (the process is as good as killed); a loss of power also undoes what was not synced.
enum CrashingDisk {
    struct State {
        var directory: String?
        /// Writes, truncations and deletions until the cut.
        var remaining = 0
        var isCut = false
        /// Names of open files by their address.
        var names: [UInt: String] = [:]
        /// How to undo what was written and not synced, oldest first.
        var unsynced: [Undo] = []
    }

    struct Undo {
        let name: String
        let offset: Int64
        /// What was there; shorter than what was written where the file grew.
        let before: [UInt8]
        let sizeBefore: Int64
    }

    static let state = Mutex(State())

    /// Installs the VFS as the default, once a process.
    static let install: Bool = {
        guard let original = sqlite3_vfs_find("unix") else { return false }
        let disk = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        disk.initialize(to: original.pointee)
        disk.pointee.pNext = nil
        disk.pointee.zName = UnsafePointer(strdupForever("crashing"))
        disk.pointee.xOpen = { _, name, file, flags, outFlags in CrashingDisk.open(name, file, flags, outFlags) }
        disk.pointee.xDelete = { _, name, sync in
            guard let name else { return SQLITE_ERROR }
            let text = String(cString: name)
            if CrashingDisk.isCut(text) { return SQLITE_IOERR }
            CrashingDisk.state.withLock { state in state.unsynced.removeAll { $0.name == text } }
            guard let original = sqlite3_vfs_find("unix") else { return SQLITE_ERROR }
            return original.pointee.xDelete(original, name, sync)
        }
        return sqlite3_vfs_register(disk, 1) == SQLITE_OK
    }()

    private static func strdupForever(_ text: String) -> UnsafeMutablePointer<CChar> {
        let bytes = Array(text.utf8CString)
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        copy.initialize(from: bytes, count: bytes.count)
        return copy
    }

    /// Counts an operation on a watched file; says whether the power is off.
    private static func isCut(_ name: String) -> Bool {
        state.withLock { state in
            guard let directory = state.directory, name.hasPrefix(directory) else { return false }
            state.remaining -= 1
            if state.remaining < 0 { state.isCut = true }
            return state.isCut
        }
    }

    private static func open(
        _ name: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
        _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let original = sqlite3_vfs_find("unix"), let file else { return SQLITE_ERROR }
        let code = original.pointee.xOpen(original, name, file, flags, outFlags)
        guard code == SQLITE_OK, let name, let methods = file.pointee.pMethods else { return code }
        let text = String(cString: name)
        let watched = state.withLock { state in
            guard let directory = state.directory, text.hasPrefix(directory) else { return false }
            state.names[UInt(bitPattern: file)] = text
            return true
        }
        if watched { file.pointee.pMethods = UnsafePointer(intercepting(methods)) }
        return code
    }

    /// The file's methods with those that change it replaced. One table a file: how SQLite locks differs by file.
    private static func intercepting(_ methods: UnsafePointer<sqlite3_io_methods>)
        -> UnsafeMutablePointer<sqlite3_io_methods>
    {
        let table = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 2)
        table.initialize(to: methods.pointee)
        (table + 1).initialize(to: methods.pointee)
        table.pointee.xWrite = { file, bytes, count, offset in
            guard let file, let bytes, let real = CrashingDisk.real(file) else { return SQLITE_ERROR }
            let name = CrashingDisk.name(file)
            var size: sqlite3_int64 = 0
            _ = real.pointee.xFileSize(file, &size)
            var before = [UInt8](repeating: 0, count: Int(max(0, min(Int64(count), size - offset))))
            if !before.isEmpty { _ = real.pointee.xRead(file, &before, Int32(before.count), offset) }
            if CrashingDisk.isCut(name) { return SQLITE_IOERR }
            CrashingDisk.state.withLock {
                $0.unsynced.append(Undo(name: name, offset: offset, before: before, sizeBefore: size))
            }
            return real.pointee.xWrite(file, bytes, count, offset)
        }
        table.pointee.xTruncate = { file, size in
            guard let file, let real = CrashingDisk.real(file) else { return SQLITE_ERROR }
            let name = CrashingDisk.name(file)
            if CrashingDisk.isCut(name) { return SQLITE_IOERR }
            CrashingDisk.state.withLock { state in state.unsynced.removeAll { $0.name == name && $0.offset >= size } }
            return real.pointee.xTruncate(file, size)
        }
        table.pointee.xSync = { file, flags in
            guard let file else { return SQLITE_ERROR }
            let name = CrashingDisk.name(file)
            if CrashingDisk.isCut(name) { return SQLITE_IOERR }
            CrashingDisk.state.withLock { state in state.unsynced.removeAll { $0.name == name } }
            // Not really synced: the test keeps the book on what would be.
            return SQLITE_OK
        }
        return table
    }

    /// The original methods lie behind the replaced ones.
    private static func real(_ file: UnsafeMutablePointer<sqlite3_file>) -> UnsafePointer<sqlite3_io_methods>? {
        file.pointee.pMethods.map { $0 + 1 }
    }

    private static func name(_ file: UnsafeMutablePointer<sqlite3_file>) -> String {
        state.withLock { $0.names[UInt(bitPattern: file)] ?? "" }
    }
}
