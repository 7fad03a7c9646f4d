internal import Glibc

/// The graph as a picture: this node in the middle, the others around it.
struct GraphPicture {
    private let graph: ClusterGraph
    private static let box = (width: 190.0, height: 62.0)
    private static let margin = 20.0

    init(_ graph: ClusterGraph) { self.graph = graph }

    var svg: String {
        let places = places
        let half = (places.map { max(abs($0.x), abs($0.y)) }.max() ?? 0) + Self.box.width / 2 + Self.margin
        let size = number(2 * half)
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(size)" height="\(size)" \
            viewBox="\(number(-half)) \(number(-half)) \(size) \(size)" font-family="sans-serif" font-size="13">
            <style>
            rect { fill: #fff; stroke: #2a7; stroke-width: 1.5 } line { stroke: #999 } text { fill: #222 }
            .self rect { stroke-width: 3 } .suspect rect { stroke: #c80 } .absent rect { stroke: #c33; stroke-dasharray: 4 }
            .rtt { font-size: 11px } .name { font-weight: bold }
            @media (prefers-color-scheme: dark) { rect { fill: #222 } text { fill: #ddd } line { stroke: #666 } }
            </style>

            """
        if !graph.edges.isEmpty {
            for (node, place) in zip(graph.nodes, places).dropFirst() {
                text += "<line x1=\"0\" y1=\"0\" x2=\"\(number(place.x))\" y2=\"\(number(place.y))\"/>\n"
                guard let time = node.milliseconds else { continue }
                let (x, y) = (number(place.x * 0.55), number(place.y * 0.55))
                text += "<text class=\"rtt\" x=\"\(x)\" y=\"\(y)\">\(ClusterGraph.shown(time))</text>\n"
            }
        }
        for (node, place) in zip(graph.nodes, places) { text += drawn(node, at: place) }
        return text + "</svg>\n"
    }

    private func drawn(_ node: ClusterGraph.Node, at place: (x: Double, y: Double)) -> String {
        let left = place.x - Self.box.width / 2
        let top = place.y - Self.box.height / 2
        let style = ClusterGraph.style(node) + (node.isSelf ? " self" : "")
        var text =
            "<g class=\"\(style)\"><rect x=\"\(number(left))\" y=\"\(number(top))\" rx=\"6\" "
            + "width=\"\(number(Self.box.width))\" height=\"\(number(Self.box.height))\"/>"
        for (row, line) in ClusterGraph.lines(of: node).prefix(3).enumerated() {
            let words = ClusterGraph.entities(TextWidth.cut(Console.shown(line), 26))
            let y = number(top + 18 + Double(row) * 18)
            text += "<text\(row == 0 ? " class=\"name\"" : "") x=\"\(number(left + 8))\" y=\"\(y)\">\(words)</text>"
        }
        return text + "</g>\n"
    }

    /// Far enough from each other on their circle, and from the middle.
    private var places: [(x: Double, y: Double)] {
        let others = max(graph.nodes.count - 1, 0)
        let radius = max(230, Double(others) * (Self.box.width + 12) / (2 * Double.pi))
        return graph.nodes.indices.map { index in
            guard index > 0 else { return (0, 0) }
            let angle = 2 * Double.pi * Double(index - 1) / Double(max(others, 1)) - Double.pi / 2
            return (radius * cos(angle), radius * sin(angle))
        }
    }

    private func number(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
