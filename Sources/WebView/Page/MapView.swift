internal import ControlAPI

/// The map of nodes and of the links from this one, as SVG.
enum MapView {
    static let mostNodes = 400
    /// With more, names stand only beside nodes in trouble; each has its name as a tooltip.
    private static let mostNames = 28
    private static let mostRoundTrips = 14

    static func html(_ rows: [NodeRow]) -> String {
        var seen: Set<String> = []
        let nodes = rows.filter { seen.insert($0.nodeID).inserted }
        let all = nodes.filter { !$0.isSelf }
        let peers = NodeRow.chosen(all, most: mostNodes)
        let layout = MapLayout(peers: peers)
        let centre = MapLayout.centre
        var svg = """
            <svg class="map\(peers.count > MapLayout.sparse ? " crowded" : "")" viewBox="0 0 \(n(MapLayout.width)) \(n(MapLayout.height))" role="img" \
            aria-label="\(description(nodes).html)">
            """
        for ring in layout.rings {
            svg += circle(ring.radius, "scale")
        }
        if peers.contains(where: { $0.state == .unreachable || $0.state == .left }) {
            svg += circle(MapLayout.rim, "rim")
        }
        for (peer, place) in zip(peers, layout.places) { svg += link(peer, place) }
        for ring in layout.rings {
            svg += text(
                centre.x, centre.y - ring.radius + 3.5, mark(ring.milliseconds), "scale", "middle")
        }
        if peers.count <= mostRoundTrips {
            for (peer, place) in zip(peers, layout.places) { svg += roundTrip(peer, place) }
        }
        for (peer, place) in zip(peers, layout.places) { svg += node(peer, place, peers.count) }
        if let own = nodes.first(where: \.isSelf) {
            svg += group(own, centre.x, centre.y, 7)
            svg += text(centre.x, centre.y + 32, own.name.cut(16), "name own", "middle") + "</g>"
        }
        svg += "</svg>"
        if all.count > peers.count {
            svg += "<p class=\"note\">\(all.count - peers.count) more nodes, all alive, are not drawn.</p>"
        }
        if peers.isEmpty { svg += "<p class=\"note\">No other node is known yet.</p>" }
        return svg
    }

    private static func link(_ peer: NodeRow, _ place: MapLayout.Place) -> String {
        "<line class=\"link \(peer.state.rawValue)\" data-node=\"\(peer.nodeID.html)\" x1=\"\(n(MapLayout.centre.x))\" "
            + "y1=\"\(n(MapLayout.centre.y))\" x2=\"\(n(place.x))\" y2=\"\(n(place.y))\"/>"
    }

    /// A mark of the scale, without the zeros behind the point.
    private static func mark(_ milliseconds: Double) -> String {
        var text = Shown.decimal(milliseconds, 3)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text + " ms"
    }

    private static func roundTrip(_ peer: NodeRow, _ place: MapLayout.Place) -> String {
        guard peer.state == .alive || peer.state == .suspect, let roundTrip = peer.roundTrip else { return "" }
        let (x, y) = (MapLayout.centre.x, MapLayout.centre.y)
        return text(
            x + (place.x - x) * 0.58, y + (place.y - y) * 0.58 + 4, Shown.milliseconds(roundTrip), "rtt", "middle")
    }

    private static func node(_ peer: NodeRow, _ place: MapLayout.Place, _ count: Int) -> String {
        let isCrowded = count > MapLayout.sparse
        var svg = group(peer, place.x, place.y, isCrowded ? peer.state == .alive ? 3.6 : 5.2 : 6)
        let isAtRim = peer.state == .unreachable || peer.state == .left
        let isNamed = count <= mostNames || isAtRim || peer.isConflicted || (!isCrowded && peer.state != .alive)
        if isNamed {
            // Away from the middle, and from the scale.
            let isBelow = abs(place.turn - 0.5) < 0.03
            let direction = place.turn < 0.5 ? 1.0 : -1.0
            let (x, y) = isBelow ? (place.x, place.y + 22) : (place.x + direction * 12, place.y + 4)
            svg += text(
                x, y, peer.name.cut(14), isCrowded ? "name small" : "name",
                isBelow ? "middle" : direction > 0 ? "start" : "end")
        }
        return svg + "</g>"
    }

    private static func group(_ row: NodeRow, _ x: Double, _ y: Double, _ size: Double) -> String {
        let classes = "node \(row.state.rawValue)\(row.isSelf ? " self" : "")\(row.isConflicted ? " conflict" : "")"
        return "<g class=\"\(classes)\" data-node=\"\(row.nodeID.html)\"><title>\(title(row).html)</title>"
            + "<g transform=\"translate(\(n(x)) \(n(y)))\">"
            + (row.isConflicted ? "<circle class=\"halo\" r=\"\(n(size * 2.1))\"/>" : "")
            + "\(row.state.mark(size, isSelf: row.isSelf))</g>"
    }

    static func title(_ row: NodeRow) -> String {
        var parts = [row.name, row.lease?.subnet ?? "no subnet", row.address, row.state.rawValue]
        if let roundTrip = row.roundTrip { parts.append(Shown.milliseconds(roundTrip)) }
        if row.isConflicted { parts.append("its subnet is claimed twice") }
        if row.isSelf { parts.append("this node") }
        return parts.joined(separator: " · ")
    }

    private static func description(_ nodes: [NodeRow]) -> String {
        let counts = NodeState.allCases.map { state in (state, nodes.count { $0.state == state }) }
        let words = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0.rawValue)" }
        return "Map of \(nodes.count) nodes: \(words.joined(separator: ", ")). The table below says the same."
    }

    private static func circle(_ radius: Double, _ name: String) -> String {
        "<circle class=\"\(name)\" cx=\"\(n(MapLayout.centre.x))\" cy=\"\(n(MapLayout.centre.y))\" r=\"\(n(radius))\"/>"
    }

    private static func text(_ x: Double, _ y: Double, _ text: String, _ name: String, _ anchor: String) -> String {
        "<text class=\"\(name)\" x=\"\(n(x))\" y=\"\(n(y))\" text-anchor=\"\(anchor)\">\(text.html)</text>"
    }

    private static func n(_ value: Double) -> String { Shown.decimal(value, 1) }
}
