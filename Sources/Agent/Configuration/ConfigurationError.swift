internal import Addressing

/// One input of the configuration that cannot be used: which, what is wrong, what to do. Ends the start with status 64.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// As the operator wrote it: "--vni", "FELTD_VNI", "vni in /etc/felt.json", "SubnetLen in net-conf.json".
    package let input: String
    package let problem: String

    package init(_ input: String, _ problem: String) {
        self.input = input
        self.problem = problem
    }

    package var description: String { "\(input): \(problem)" }
}
