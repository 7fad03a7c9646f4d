import ArgumentParser

/// Runs the daemon's own state machines by the thousand on virtual time.
@main struct FeltSim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "felt-sim", abstract: "Simulate a Felt cluster on virtual time.", subcommands: [Run.self])
}
