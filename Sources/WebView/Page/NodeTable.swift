internal import ControlAPI

/// Every node as a row: all that the pictures say, without pictures.
enum NodeTable {
    static let mostRows = 1_000

    static func html(_ all: [NodeRow]) -> String {
        let rows = NodeRow.chosen(all, most: mostRows)
        var html = """
            <table><thead><tr><th scope="col">State</th><th scope="col">Node</th><th scope="col">Subnet</th>\
            <th scope="col" class="number">Round trip</th><th scope="col" class="wide">Address</th>\
            <th scope="col" class="wide">Class</th><th scope="col" class="wide number">Held</th>\
            <th scope="col" class="wide number">Heard</th><th scope="col" class="wide">Release</th></tr></thead><tbody>
            """
        for row in rows { html += line(row) }
        html += "</tbody></table>"
        if all.count > rows.count {
            html +=
                "<p class=\"note\">\(all.count - rows.count) more, all alive: <code>leasectl list</code> shows them.</p>"
        }
        if all.isEmpty { html += "<p class=\"note\">No node is known yet.</p>" }
        return html
    }

    private static func line(_ row: NodeRow) -> String {
        let lease = row.lease
        let state = row.isConflicted ? "conflict" : row.state.rawValue
        let heard =
            row.isSelf ? "this node" : lease?.lastSeenSeconds.map { Shown.age($0) } ?? (lease == nil ? "–" : "not yet")
        let held = lease.map { Shown.age(Double($0.tenureSeconds)) } ?? "–"
        let marks = "\(row.state.rawValue)\(row.isSelf ? " self" : "")\(row.isConflicted ? " conflict" : "")"
        return """
            <tr class="\(marks)" data-node="\(row.nodeID.html)"><td>\(row.state.icon(isSelf: row.isSelf))\
            <span class="word">\(state)</span></td><td class="node">\(row.name.cut(64).html)</td>\
            <td class="subnet">\((lease?.subnet ?? "–").html)</td>\
            <td class="number">\(row.roundTrip.map(Shown.milliseconds) ?? "–")</td>\
            <td class="wide">\(row.address.html)</td><td class="wide">\((lease?.leaseClass.rawValue ?? "–").html)</td>\
            <td class="wide number">\(held)</td><td class="wide number">\(heard)</td>\
            <td class="wide">\((row.release?.cut(24) ?? "–").html)</td></tr>
            """
    }
}
