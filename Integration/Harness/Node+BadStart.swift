internal import Glibc

extension Node {
    /// Runs feltd with what must make it fail, and with this node's folders where the start names none.
    func runFeltd(_ start: BadStart) throws -> Command {
        func path(_ text: String) -> String { text.hasPrefix("@") ? "\(folder)/\(text.dropFirst())" : text }
        for (name, text) in start.files {
            try writeText(text, to: path("@" + name), mode: mode_t(start.modes[name] ?? 0o600))
        }
        var environment = [
            "FELTD_STATE_DIR": stateFolder, "FELTD_RUN_DIR": runFolder, "FELTD_SUBNET_FILE": subnetFile,
        ]
        environment.merge(start.environment.mapValues(path)) { $1 }
        return try runFeltd(start.arguments.map(path), environment: environment, wrapper: start.wrapper)
    }
}
