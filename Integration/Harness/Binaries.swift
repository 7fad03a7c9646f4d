internal import Glibc

/// Where the programs under test are: the folder FELT_BIN_DIR, otherwise the package's release build.
enum Binaries {
    static func path(_ name: String) throws -> String {
        let path = "\(folder)/\(name)"
        guard access(path, X_OK) == 0 else {
            throw LabError("\(path) is not there: run `make build`, or set FELT_BIN_DIR to the folder that holds it")
        }
        return path
    }

    static var folder: String {
        if let folder = getenv("FELT_BIN_DIR") { return String(cString: folder) }
        let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(package)/.build/release"
    }
}
