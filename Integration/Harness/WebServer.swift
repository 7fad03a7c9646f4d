internal import Glibc

/// A felt-web that runs, and what a person or a program may ask of it.
final class WebServer {
    let address: String
    let folder: String
    private let process: BackgroundProcess
    private let wrapper: [String]

    /// Starts it and waits until it answers.
    /// - Parameters:
    ///   - port: where it listens on 127.0.0.1; a port of the test's own.
    ///   - wrapper: what comes before each command, such as a namespace to be in.
    init(socket: String, port: Int, folder: String, wrapper: [String] = []) async throws {
        address = "127.0.0.1:\(port)"
        self.folder = folder
        self.wrapper = wrapper
        process = try BackgroundProcess(
            wrapper + [try Binaries.path("felt-web"), "--listen", address, "--socket", socket],
            log: "\(folder)/felt-web.log")
        try await waitUntil("felt-web answers") {
            if let status = process.status { throw LabError("felt-web has ended: \(status)\n\(process.log)") }
            return try get("/healthz").status == 200 ? nil : "no answer"
        }
    }

    var pid: Int32 { process.pid }
    var log: String { process.log }

    /// A request by curl.
    func get(_ path: String, _ options: String...) throws -> (status: Int, body: String) {
        let command = try Command.run(
            wrapper + ["curl", "-s", "-m", "20", "-w", "\n%{http_code}"] + options + ["http://\(address)\(path)"])
        let end = command.output.lastIndex(of: "\n") ?? command.output.startIndex
        guard let status = Int(command.output[end...].dropFirst()) else { throw LabError(command.report) }
        return (status, String(command.output[..<end]))
    }

    /// Sends these bytes as they are and gives what comes back until the other side closes, or for `limit` seconds.
    func exchange(_ text: String, limit: Int = 5) throws -> String {
        try writeText(text, to: "\(folder)/request")
        let command =
            "(cat \(folder)/request; sleep \(limit)) | timeout \(limit) socat -t \(limit) - TCP:\(address)"
        return try Command.run(wrapper + ["sh", "-c", command]).output
    }

    /// The page as Chromium shows it.
    /// - Parameters:
    ///   - name: of the picture, below .build/screenshots.
    ///   - dark: whether the person prefers dark.
    ///   - page: what is opened.
    func screenshot(
        _ name: String, width: Int, height: Int, dark: Bool = false, page: String = "/"
    ) throws -> PNGFile {
        let path = "\(try Self.pictures())/\(name).png"
        _ = try? Command.run(["rm", "-f", path])
        try chromium(
            ["--screenshot=\(path)", "--window-size=\(width),\(height)"]
                + (dark ? ["--blink-settings=preferredColorScheme=0"] : []), page)
        return try PNGFile(path)
    }

    private func chromium(_ options: [String], _ page: String) throws {
        // Root may not use its sandbox. Its profile is its own, so that nothing is left.
        let command = try Command.run(
            wrapper + [
                "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--disable-dev-shm-usage",
                "--user-data-dir=\(folder)/chromium", "--force-device-scale-factor=1",
                "--timeout=5000",
            ] + options + ["http://\(address)\(page)"], environment: ["HOME": folder], limit: .seconds(120))
        guard command.succeeded else { throw LabError(command.report) }
    }

    private static func pictures() throws -> String {
        let package = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let folder = "\(package)/.build/screenshots"
        try Command.mustRun(["mkdir", "-p", folder])
        return folder
    }
}
