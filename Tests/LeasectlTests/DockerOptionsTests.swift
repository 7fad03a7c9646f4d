import Glibc
import Testing

/// The expected texts are what flannel's mk-docker-opts.sh writes for the same file and letters.
@Suite struct DockerOptionsTests {
    private let folder: String

    init() throws {
        var template = Array("/tmp/felt-docker-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func file(_ text: String) throws -> String {
        let path = "\(folder)/subnet.env"
        let file = try #require(fopen(path, "w"))
        fputs(text, file)
        fclose(file)
        return path
    }

    private func lease(masqueraded: Bool) throws -> String {
        try file(
            "FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.7.1/24\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=\(masqueraded)\n"
        )
    }

    private static let bridge = #"DOCKER_OPT_BIP="--bip=10.244.7.1/24""# + "\n"
    private static let masquerade = #"DOCKER_OPT_IPMASQ="--ip-masq=false""# + "\n"
    private static let mtu = #"DOCKER_OPT_MTU="--mtu=1450""# + "\n"

    @Test(arguments: [
        ([], true, bridge + masquerade + mtu + "DOCKER_OPTS=\" --bip=10.244.7.1/24 --ip-masq=false --mtu=1450 \"\n"),
        ([], false, bridge + mtu + "DOCKER_OPTS=\" --bip=10.244.7.1/24 --mtu=1450 \"\n"),
        (["-i"], true, bridge + masquerade + mtu),
        (["-c"], false, "DOCKER_OPTS=\" --bip=10.244.7.1/24 --mtu=1450 \"\n"),
        (["-c", "-k", "X_1"], false, "X_1=\" --bip=10.244.7.1/24 --mtu=1450 \"\n"),
        (["-i", "-c"], false, bridge + mtu + "DOCKER_OPTS=\" --bip=10.244.7.1/24 --mtu=1450 \"\n"),
        (["-i", "-m"], true, bridge + mtu),
    ])
    func `the letters mean what they mean to mk-docker-opts.sh`(
        letters: [String], masqueraded: Bool, expected: String
    ) throws {
        let path = try lease(masqueraded: masqueraded)
        let run = try LeasectlRun(["docker-opts", "-f", path] + letters)
        #expect(run.status == 0 && run.output == expected, "\(run)")
        let written = "\(folder)/docker.env"
        for _ in 0..<2 {
            let run = try LeasectlRun(["docker-opts", "-f", path, "-d", written] + letters)
            #expect(run.status == 0 && run.output == "", "\(run)")
        }
        var status = stat()
        #expect(stat(written, &status) == 0 && status.st_mode & 0o777 == 0o644)
        #expect(try LeasectlRun(["docker-opts", "-f", path] + letters).output.utf8.count == Int(status.st_size))
    }

    @Test func `options that the variable holds already are kept in front`() throws {
        let arguments = ["docker-opts", "-c", "-f", try lease(masqueraded: false)]
        let run = try LeasectlRun(arguments, environment: ["DOCKER_OPTS": "-H fd://"])
        #expect(run.output == "DOCKER_OPTS=\"-H fd:// --bip=10.244.7.1/24 --mtu=1450 \"\n")
        let hostile = try LeasectlRun(arguments, environment: ["DOCKER_OPTS": "\"; reboot"])
        #expect(hostile.status == 64 && hostile.output == "" && hostile.errors.contains("DOCKER_OPTS"))
    }

    @Test(arguments: [
        "", "FLANNEL_SUBNET=", "FLANNEL_SUBNET=10.2.3.1", "FLANNEL_SUBNET=10.2.3.1/33",
        "FLANNEL_SUBNET=10.2.3.1/24\";reboot",
        "FLANNEL_SUBNET=$(reboot)/24", "FLANNEL_SUBNET=10.2.3.1/+24", "FLANNEL_SUBNET=10.2.3.1/24\nFLANNEL_MTU=-1",
        "FLANNEL_SUBNET=10.2.3.1/24\nFLANNEL_MTU=1450`reboot`", "FLANNEL_SUBNET=10.2.3.1/24\nFLANNEL_IPMASQ=maybe",
    ])
    func `nothing of a wrong file gets into what a shell will read`(text: String) throws {
        let run = try LeasectlRun(["docker-opts", "-f", try file(text)])
        #expect(run.status == 64 && run.output == "" && run.errors.contains("FLANNEL_"), "\(run)")
    }

    @Test func `without a lease the exit status is 4, with a wrong name or form of output 64`() throws {
        #expect(try LeasectlRun(["docker-opts", "-f", "\(folder)/none"]).status == 4)
        let path = try lease(masqueraded: false)
        for wrong in [["-k", "1A"], ["-k", "A B"], ["-k", ""], ["-o", "json"], ["surplus"]] {
            #expect(try LeasectlRun(["docker-opts", "-f", path] + wrong).status == 64, "\(wrong)")
        }
    }
}
