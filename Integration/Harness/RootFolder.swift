/// A container's file system of one static program: Debian's busybox-static. No image is fetched.
enum RootFolder {
    /// Makes it in a new folder.
    static func make(_ path: String) throws {
        try Command.mustRun(
            ["mkdir", "-p"]
                + ["bin", "dev", "etc", "proc", "root", "run", "sys", "tmp", "usr/lib"].map { "\(path)/\($0)" })
        try Command.mustRun(["cp", "/bin/busybox", "\(path)/bin/busybox"])
        for tool in ["sh", "ip", "ping", "sleep"] {
            try Command.mustRun(["ln", "-s", "busybox", "\(path)/bin/\(tool)"])
        }
        // systemd-nspawn wants to see an operating system.
        try writeText("ID=busybox\n", to: "\(path)/usr/lib/os-release", mode: 0o644)
    }

    /// Packs it as `docker import` and `podman import` take it.
    static func archive(_ path: String, to archive: String) throws {
        try Command.mustRun(["tar", "-C", path, "-cf", archive, "."])
    }
}
