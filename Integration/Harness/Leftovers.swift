internal import Glibc

/// What runs that crashed have left: namespaces and folders that carry the number of a process that is no more.
enum Leftovers {
    static let prefix = "ft"

    static func sweep() {
        for name in folderNames("/run/netns") where isAbandoned(name) { NetworkNamespace(name: name).remove() }
        for name in folderNames("/tmp") where isAbandoned(name) { _ = try? Command.run(["rm", "-rf", "/tmp/\(name)"]) }
    }

    /// Names are ft<process>-<number>…
    static func isAbandoned(_ name: String) -> Bool {
        guard name.hasPrefix(prefix), let dash = name.firstIndex(of: "-"),
            let pid = pid_t(name[name.index(name.startIndex, offsetBy: prefix.count)..<dash]), pid > 1
        else { return false }
        return kill(pid, 0) != 0 && errno == ESRCH
    }
}
