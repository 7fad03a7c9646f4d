import Testing

/// Real feltd processes in network namespaces, with real routes and real packets. One after the other: they share the machine.
/// Root is needed; without it, or without the release binaries, they fail.
@Suite(.serialized, .timeLimit(.minutes(5))) enum Integration {}
