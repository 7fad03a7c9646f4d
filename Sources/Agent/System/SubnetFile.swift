package import Addressing
internal import Glibc

/// subnet.env as flannel writes it: what container runtimes read to make their bridge.
package struct SubnetFile: Sendable {
    package struct Contents: Hashable, Sendable {
        package var network: IPv4Block
        package var subnet: IPv4Block
        package var mtu: UInt32
        package var masquerades: Bool

        package init(network: IPv4Block, subnet: IPv4Block, mtu: UInt32, masquerades: Bool) {
            self.network = network
            self.subnet = subnet
            self.mtu = mtu
            self.masquerades = masquerades
        }

        package var text: String {
            """
            FLANNEL_NETWORK=\(network)
            FLANNEL_SUBNET=\(subnet.base.advanced(by: 1))/\(subnet.prefixLength)
            FLANNEL_MTU=\(mtu)
            FLANNEL_IPMASQ=\(masquerades)

            """
        }
    }

    package let path: String

    package init(path: String) { self.path = path }

    /// Replaces the file by an atomic rename: mode 0644, its folder 0755. Writes nothing when nothing changes.
    package func write(_ contents: Contents) throws(SubnetFileError) {
        let text = Array(contents.text.utf8)
        if SmallFile.read(path) == text { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex { makeDirectories(String(path[..<slash])) }
        let temporary = path + ".new"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { throw SubnetFileError(path: path, code: errno) }
        fchmod(file, 0o644)
        let written = Glibc.write(file, text, text.count)
        let code = errno
        close(file)
        guard written == text.count else {
            unlink(temporary)
            throw SubnetFileError(path: path, code: written < 0 ? code : ENOSPC)
        }
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw SubnetFileError(path: path, code: code)
        }
    }

    private func makeDirectories(_ directory: String) {
        var partial = ""
        for part in directory.split(separator: "/", omittingEmptySubsequences: true) {
            partial += (partial.isEmpty && !directory.hasPrefix("/") ? "" : "/") + part
            mkdir(partial, 0o755)
        }
    }
}

package struct SubnetFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    package let code: Int32

    package var description: String {
        "subnet file \(path) cannot be written: \(String(cString: strerror(code))); "
            + "make its directory writable or name another with --subnet-file"
    }
}
