internal import Addressing
internal import ControlAPI

/// The picture of the network's subnets, as SVG: who holds which, which are free, which are claimed twice.
enum PoolView {
    private static let gutter = 92.0
    private static let width = 720.0

    static func html(_ status: StatusInfo?, _ rows: [NodeRow]) -> String {
        guard let status, let layout = PoolLayout(status: status, rows: rows) else {
            return "<p class=\"note\">The network is not known yet.</p>"
        }
        let columns = layout.columns
        let pitch = min((width - gutter) / Double(columns), 56)
        let lines = (layout.cells.count + columns - 1) / columns
        let height = Double(lines) * pitch + 4
        var svg = """
            <svg class="pool" viewBox="0 0 \(n(gutter + pitch * Double(columns))) \(n(height))" role="img" \
            aria-label="\("\(status.pool.used) of \(status.pool.total) subnets are held".html)">
            """
        var free = ""
        var reserved = ""
        var held = ""
        for (index, cell) in layout.cells.enumerated() {
            let x = gutter + Double(index % columns) * pitch + 1.5
            let y = Double(index / columns) * pitch + 1.5
            if index % columns == 0, lines <= 16 || (index / columns).isMultiple(of: 2) {
                svg +=
                    "<text class=\"scale\" x=\"\(n(gutter - 8))\" y=\"\(n(y + pitch / 2 + 2.5))\" "
                    + "text-anchor=\"end\">\(cell.block.base)</text>"
            }
            let side = pitch - 3
            if cell.claims.isEmpty {
                let square = "M\(n(x)) \(n(y))h\(n(side))v\(n(side))h-\(n(side))z"
                if cell.isLeasable { free += square } else { reserved += square }
            } else {
                held += drawn(cell, layout, rows, x, y, side)
            }
        }
        svg += "<path class=\"free\" d=\"\(free)\"/><path class=\"reserved\" d=\"\(reserved)\"/>\(held)</svg>"
        return svg + legend(layout, rows)
    }

    private static func drawn(
        _ cell: PoolLayout.Cell, _ layout: PoolLayout, _ rows: [NodeRow], _ x: Double, _ y: Double, _ side: Double
    ) -> String {
        let claims = cell.claims.map { rows[$0] }
        guard let first = claims.first else { return "" }
        let isConflicted = claims.contains(where: \.isConflicted)
        // The worst state of those in it.
        let state = claims.map(\.state).max { rank($0) < rank($1) } ?? first.state
        let isSelf = claims.contains(where: \.isSelf)
        let names = claims.prefix(8).map { MapView.title($0) }.joined(separator: "\n")
        let title =
            layout.subnetsPerCell == 1
            ? names : "\(cell.block): \(claims.count) of \(layout.subnetsPerCell) held\n\(names)"
        var svg =
            "<g class=\"cell \(state.rawValue)\(isSelf ? " self" : "")\(isConflicted ? " conflict" : "")\" "
            + "data-node=\"\(first.nodeID.html)\" transform=\"translate(\(n(x)) \(n(y)))\"><title>\(title.html)</title>"
        let round = min(side / 6, 4)
        svg += "<rect width=\"\(n(side))\" height=\"\(n(side))\" rx=\"\(n(round))\"/>"
        if layout.subnetsPerCell > 1 {
            // How full: the empty part is laid over it.
            let share = 1 - min(Double(claims.count) / Double(layout.subnetsPerCell), 1)
            let top = min(share * side, side - 2)
            svg += "<rect class=\"gap\" x=\"1\" y=\"1\" width=\"\(n(side - 2))\" height=\"\(n(max(top - 1, 0)))\"/>"
        }
        let middle = n(side / 2)
        if isConflicted {
            svg +=
                "<path class=\"split\" d=\"M0 \(n(side))L\(n(side)) 0V\(n(side))z\"/>"
                + "<path class=\"bar\" d=\"M0 \(n(side))L\(n(side)) 0\"/>"
        } else if isSelf {
            svg += "<circle class=\"dot\" cx=\"\(middle)\" cy=\"\(middle)\" r=\"\(n(side / 5))\"/>"
        } else if state != .alive {
            svg += "<g class=\"sign\" transform=\"translate(\(middle) \(middle))\">\(state.mark(side / 5))</g>"
        }
        if claims.contains(where: { $0.lease?.leaseClass == .pinned }) {
            svg += "<path class=\"pin\" d=\"M0 0H\(n(side / 3))L0 \(n(side / 3))z\"/>"
        }
        return svg + "</g>"
    }

    private static func rank(_ state: NodeState) -> Int {
        switch state {
        case .alive: 0
        case .left: 1
        case .suspect: 2
        case .unreachable: 3
        }
    }

    private static func legend(_ layout: PoolLayout, _ rows: [NodeRow]) -> String {
        var text = "<p class=\"note\">\(layout.network), a cell is "
        text +=
            layout.subnetsPerCell == 1
            ? "one /\(layout.subnetLength)" : "\(layout.subnetsPerCell) subnets of /\(layout.subnetLength)"
        if !layout.cells.allSatisfy(\.isLeasable) { text += "; dotted ones are not leased" }
        text += "."
        if !layout.outside.isEmpty {
            let names = layout.outside.prefix(4).map { "\(rows[$0].name) \(rows[$0].lease?.subnet ?? "")" }
            text += " Outside of it: \(names.joined(separator: ", ").html)."
        }
        return text + "</p>"
    }

    private static func n(_ value: Double) -> String { Shown.decimal(value, 1) }
}
