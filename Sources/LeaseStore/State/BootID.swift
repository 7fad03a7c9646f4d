internal import Glibc

/// Which boot of the machine this is (random(4), /proc/sys/kernel/random/boot_id); empty when the kernel does not say.
enum BootID {
    static func read() -> String {
        guard let file = try? Descriptor(opening: "/proc/sys/kernel/random/boot_id", flags: O_RDONLY),
            let bytes = try? file.read(limit: 64)
        else { return "" }
        return String(validating: bytes, as: UTF8.self)?.split(separator: "\n").first.map { String($0) } ?? ""
    }
}
