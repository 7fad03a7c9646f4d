import ArgumentParser
internal import ControlAPI

private let nodeHelp = ArgumentHelp("self, a node's name or nodeID.", valueName: "node|self")

struct Reserve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let a node hold one subnet and no other, or any.",
        discussion: """
            The node moves there once the subnet is free, and keeps what it has until then. `any` ends a reservation and a \
            release. Example: leasectl reserve self 10.244.7.0/24 --wait
            """)
    @OptionGroup var options: GlobalOptions
    @OptionGroup var operation: OperationOptions
    @Argument(help: nodeHelp, completion: Completion.nodes) var node: String
    @Argument(
        help: ArgumentHelp("A subnet of the pool, or any.", valueName: "subnet|any"), completion: Completion.subnets)
    var subnet: String

    func run() throws {
        try reporting {
            let request = LeaseRequest(node: node, subnet: subnet)
            try Operation(options: options, operation: operation).run(ControlMethods.reserve, request) {
                change, leases in
                leases.contains { lease in
                    lease.nodeID == change.nodeID && lease.leaseClass != .tentative
                        && (subnet == "any" || (lease.subnet == change.subnet && lease.leaseClass == .pinned))
                }
            }
        }
    }
}

struct Release: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Give a node's subnet back; it takes no other until `reserve` says so.",
        discussion: "Example: leasectl release shop3 --dry-run")
    @OptionGroup var options: GlobalOptions
    @OptionGroup var operation: OperationOptions
    @Argument(help: nodeHelp, completion: Completion.nodes) var node = "self"

    func run() throws {
        try reporting {
            try Operation(options: options, operation: operation).run(
                ControlMethods.release, LeaseRequest(node: node), isDone: holdsNothing)
        }
    }
}

struct Leave: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Leave the cluster for good: withdraw this node's claim everywhere.",
        discussion: "Stop feltd afterwards; started again it routes and holds nothing. Example: leasectl leave --wait")
    @OptionGroup var options: GlobalOptions
    @OptionGroup var operation: OperationOptions

    func run() throws {
        try reporting {
            try Operation(options: options, operation: operation).run(
                ControlMethods.leave, LeaseRequest(node: "self"), isDone: holdsNothing)
        }
    }
}

private func holdsNothing(_ change: LeaseChange, _ leases: [LeaseInfo]) -> Bool {
    !leases.contains { $0.nodeID == change.nodeID }
}

struct Drain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Move a node to another subnet: the new one is confirmed before the old one is given back.",
        discussion: "Example: leasectl drain shop3 --wait")
    @OptionGroup var options: GlobalOptions
    @OptionGroup var operation: OperationOptions
    @Argument(help: nodeHelp, completion: Completion.nodes) var node = "self"

    func run() throws {
        try reporting {
            try Operation(options: options, operation: operation).run(
                ControlMethods.drain, LeaseRequest(node: node)
            ) { change, leases in
                leases.contains { $0.nodeID == change.nodeID && $0.subnet != change.formerSubnet }
            }
        }
    }
}

struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take a subnet back from its owner, whether it is there or not.",
        discussion: "An owner that is alive claims another. Example: leasectl revoke 10.244.7.0/24")
    @OptionGroup var options: GlobalOptions
    @OptionGroup var operation: OperationOptions
    @Argument(
        help: ArgumentHelp("A node's name or nodeID, or a subnet.", valueName: "node|subnet"),
        completion: Completion.leases)
    var lease: String

    func run() throws {
        try reporting {
            let selection = try LeaseSelection(parsing: lease)
            let request = LeaseRequest(node: selection.subnet == nil ? lease : nil, subnet: selection.subnet)
            try Operation(options: options, operation: operation).run(ControlMethods.revoke, request) {
                change, leases in
                !leases.contains { $0.nodeID == change.nodeID && $0.claimEpoch == change.formerEpoch }
            }
        }
    }
}

struct NodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "Operate on nodes that are gone.",
        subcommands: [ReplaceNode.self, ForgetNode.self, NodeBan.self])
}

struct ReplaceNode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace", abstract: "Let a node take the subnet of one that is gone, which is forgotten.",
        discussion: "Both may have the same name. Example: leasectl node replace shop3 shop3")
    @OptionGroup var options: GlobalOptions
    @OptionGroup var operation: OperationOptions
    @Argument(
        help: ArgumentHelp("The absent node's name or nodeID.", valueName: "old"), completion: Completion.nodes)
    var old: String
    @Argument(
        help: ArgumentHelp("self, or the new node's name or nodeID.", valueName: "new"),
        completion: Completion.nodes)
    var new: String

    func run() throws {
        try reporting {
            let request = LeaseRequest(node: old, successor: new)
            try Operation(options: options, operation: operation).run(
                ControlMethods.replaceNode, request
            ) { change, leases in
                leases.contains {
                    $0.nodeID == change.nodeID && $0.subnet == change.subnet && $0.leaseClass == .pinned
                }
            }
        }
    }
}

struct ForgetNode: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Take an absent node out of sight, and its subnet back.",
        discussion: "If it comes back it is a member again. Example: leasectl node forget 3f2a9c01")
    @OptionGroup var options: GlobalOptions
    @OptionGroup var operation: OperationOptions
    @Argument(
        help: ArgumentHelp("The node's name or nodeID.", valueName: "node"), completion: Completion.nodes)
    var node: String

    func run() throws {
        try reporting {
            try Operation(options: options, operation: operation).run(
                ControlMethods.forgetNode, LeaseRequest(node: node), isDone: holdsNothing)
        }
    }
}
