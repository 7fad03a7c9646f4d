internal import Glibc

/// Where the map puts the nodes: this one in the middle, the others around it in the order of their subnets, the farther
/// the longer their round trip (on a logarithmic scale), and those that do not answer at the rim.
struct MapLayout {
    struct Place {
        var x: Double
        var y: Double
        /// Clockwise from the top, in turns.
        var turn: Double
    }

    struct Ring {
        var radius: Double
        var milliseconds: Double
    }

    static let width = 720.0
    static let height = 640.0
    static let centre = (x: width / 2, y: height / 2)
    static let innermost = 90.0
    static let outermost = 246.0
    static let unmeasured = 264.0
    static let rim = 286.0
    /// More peers than this stand in three rows, or they would cover each other.
    static let sparse = 60
    /// In turns: nobody stands straight up, where the scale is written.
    static let gap = 0.05

    private(set) var places: [Place] = []
    private(set) var rings: [Ring] = []
    private var nearest = 0.0
    private var farthest = 1.0

    init(peers: [NodeRow]) {
        let measured = peers.compactMap { $0.state == .alive || $0.state == .suspect ? $0.roundTrip : nil }
        scale(measured.map(Self.bounded))
        for (index, peer) in peers.enumerated() {
            // Two stand side by side.
            let share = (Double(index) + 0.5) / Double(peers.count)
            let turn = peers.count <= 2 ? 0.25 + Double(index) / 2 : Self.gap / 2 + share * (1 - Self.gap)
            var radius = radius(peer)
            if peers.count > Self.sparse, radius < Self.unmeasured { radius += Double(index % 3 - 1) * 9 }
            let angle = 2 * Double.pi * turn
            places.append(
                Place(x: Self.centre.x + radius * sin(angle), y: Self.centre.y - radius * cos(angle), turn: turn))
        }
    }

    /// The scale ends at 1, 2 or 5 times a power of ten, so that it rarely changes, and spans a factor of four at least.
    private mutating func scale(_ measured: [Double]) {
        guard let least = measured.min(), let most = measured.max() else { return }
        nearest = log10(Self.step(atMost: least))
        farthest = nearest
        var marks = [Self.step(atMost: least)]
        while marks[marks.count - 1] < max(most, marks[0] * 3.9), marks.count < 40 {
            marks.append(Self.step(after: marks[marks.count - 1]))
        }
        farthest = log10(marks[marks.count - 1])
        // Every mark of a short scale, every power of ten of a long one.
        rings = marks.enumerated().filter { index, mark in
            marks.count <= 5 || abs(log10(mark) - log10(mark).rounded()) < 0.01 || index == marks.count - 1
        }.map { Ring(radius: radius(milliseconds: $0.element), milliseconds: $0.element) }
    }

    private func radius(_ peer: NodeRow) -> Double {
        switch peer.state {
        case .unreachable, .left: Self.rim
        case .alive, .suspect: peer.roundTrip.map(radius(milliseconds:)) ?? Self.unmeasured
        }
    }

    private func radius(milliseconds: Double) -> Double {
        let share = (log10(Self.bounded(milliseconds)) - nearest) / max(farthest - nearest, 0.1)
        return Self.innermost + min(max(share, 0), 1) * (Self.outermost - Self.innermost)
    }

    /// From a microsecond to an hour; what lies beyond is drawn there.
    private static func bounded(_ milliseconds: Double) -> Double { min(max(milliseconds, 0.001), 3_600_000) }

    private static func step(atMost value: Double) -> Double {
        let power = pow(10, floor(log10(value)))
        return [5.0, 2.0].first { $0 * power <= value * 1.000_001 }.map { $0 * power } ?? power
    }

    private static func step(after mark: Double) -> Double {
        let power = pow(10, floor(log10(mark * 1.000_001)))
        return switch (mark / power).rounded() {
        case 1: 2 * power
        case 2: 5 * power
        default: 10 * power
        }
    }
}
