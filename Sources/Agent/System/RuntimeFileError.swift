internal import Glibc

/// Why a file for container runtimes could not be written, and what to do.
package struct RuntimeFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum File: String, Hashable, Sendable {
        case subnetFile = "subnet file"
        case cniConfiguration = "CNI configuration"
    }

    package let file: File
    package let path: String
    /// errno.
    package let code: Int32

    init(_ file: File, path: String, code: Int32) {
        self.file = file
        self.path = path
        self.code = code
    }

    package var description: String {
        let setting = file == .subnetFile ? Setting.subnetFile : Setting.cniConf
        return "\(file.rawValue) \(shownPath(path)) cannot be written: \(String(cString: strerror(code))); "
            + "make its directory writable or name another with \(setting.flag)"
    }
}
