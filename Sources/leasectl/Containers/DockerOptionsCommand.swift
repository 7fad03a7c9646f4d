import ArgumentParser
internal import Documents
internal import FoundationEssentials
internal import Glibc

/// The options of flannel's mk-docker-opts.sh, with its letters.
struct DockerOptionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docker-opts", abstract: "Print the options that dockerd must be started with.",
        discussion: """
            Reads subnet.env and prints an environment file, as flannel's mk-docker-opts.sh does; it needs no daemon. \
            With neither -i nor -c it prints both forms. Exit status 4 while there is no lease, and so no subnet.env.

            Example: leasectl docker-opts -d /run/docker_opts.env
            """)
    @OptionGroup var options: GlobalOptions
    @Option(
        name: [.customShort("f"), .long],
        help: ArgumentHelp("The file that feltd writes (--subnet-file).", valueName: "file"))
    var subnetFile = "/run/flannel/subnet.env"
    @Option(
        name: [.customShort("d"), .long],
        help: ArgumentHelp("Write into this file, rather than to standard output.", valueName: "file"))
    var dockerFile: String?
    @Flag(help: "Only print what would be written.")
    var dryRun = false
    @Flag(name: [.customShort("i"), .long], help: "A variable for each option: DOCKER_OPT_BIP and so on.")
    var individual = false
    @Flag(name: [.customShort("c"), .long], help: "One variable with all options.")
    var combined = false
    @Option(name: [.customShort("k"), .long], help: ArgumentHelp("The name of that variable.", valueName: "name"))
    var key = "DOCKER_OPTS"
    @Flag(name: [.customShort("m"), .customLong("no-ip-masq")], help: "Leave --ip-masq out, for a dockerd without it.")
    var withoutMasquerading = false

    func validate() throws {
        guard options.output == .table else {
            throw ValidationError("docker-opts prints an environment file only; leave -o out")
        }
        let letters = key.unicodeScalars.map { $0 == "_" || ("a"..."z").contains($0) || ("A"..."Z").contains($0) }
        let digits = key.unicodeScalars.map { ("0"..."9").contains($0) }
        guard letters.first == true, key.utf8.count <= 128, zip(letters, digits).allSatisfy({ $0 || $1 }) else {
            throw ValidationError("-k must be a variable's name: letters, digits and _, no digit in front")
        }
    }

    func run() throws {
        try reporting {
            let contents = try DocumentFile.read(subnetFile)
            let found = try DockerOptions(
                subnetFile: String(decoding: contents, as: UTF8.self), path: subnetFile)
            let text = found.environment(
                individual: individual || !combined, combined: combined || !individual ? key : nil,
                former: try former(), masquerading: !withoutMasquerading)
            guard let dockerFile, !dryRun else { return Console.print(text) }
            try replace(dockerFile, text)
        }
    }

    /// In one step, mode 0644: systemd and shells read it.
    private func replace(_ path: String, _ text: String) throws {
        let temporary = path + ".new"
        unlink(temporary)
        try DocumentFile.create(temporary, text)
        guard chmod(temporary, 0o644) == 0, rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw DocumentError(
                path,
                "cannot be written: \(String(cString: strerror(code))); name a file in a directory that may be written")
        }
    }

    /// What the variable holds already is kept in front, as mk-docker-opts.sh keeps it; nothing that ends the quotes is.
    private func former() throws(DocumentError) -> String {
        guard combined || !individual else { return "" }
        let value = ProcessInfo.processInfo.environment[key] ?? ""
        guard !value.unicodeScalars.contains(where: { "\"\\`$\n\r".unicodeScalars.contains($0) }) else {
            throw DocumentError("environment", at: key, "holds a quote, $, ` or \\, which the file cannot; unset it")
        }
        return value
    }
}
