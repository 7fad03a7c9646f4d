internal import Glibc

/// Integration/FaultInjection/faults.c, compiled for a test: ends a process at a chosen write, moves its wall clock.
struct FaultLibrary {
    let path: String

    init(in folder: String) throws {
        path = "\(folder)/faults.so"
        guard !fileExists(path) else { return }
        let source =
            "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/FaultInjection/faults.c"
        try Command.mustRun([
            "cc", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", "-o", path, source, "-ldl", "-lpthread",
        ])
    }

    /// How a process ends at a write.
    enum Ending: CaseIterable {
        /// Before it, as `kill -9` would.
        case before
        /// In its middle.
        case torn
        /// Before it, and all that was not synced is taken back.
        case powerLoss
    }

    func environment(watching folder: String, dyingAt operation: Int, _ ending: Ending) -> [String: String] {
        var environment = ["LD_PRELOAD": path, "FELT_FAULT_DIR": folder, "FELT_FAULT_AT": "\(operation)"]
        switch ending {
        case .before: break
        case .torn: environment["FELT_FAULT_TORN"] = "1"
        case .powerLoss: environment["FELT_FAULT_POWER"] = "1"
        }
        return environment
    }

    /// Changes of files below the folder fail with the error whose number the file holds, while it holds one.
    func environment(watching folder: String, failingAs file: String) -> [String: String] {
        ["LD_PRELOAD": path, "FELT_FAULT_DIR": folder, "FELT_FAULT_ERROR": file]
    }

    /// The wall clock is moved by the seconds in the file, whatever they are then.
    func environment(clock file: String) -> [String: String] { ["LD_PRELOAD": path, "FELT_FAULT_CLOCK": file] }
}
