internal import ControlAPI

/// The page as a whole. Without JavaScript it is complete, and stands still.
enum Page {
    /// - Parameter trace: what stands in the trace box already: the address asked for, and the answer as HTML.
    static func html(
        _ snapshot: ClusterSnapshot, _ sections: [Section: String], trace: (address: String, answer: String)? = nil
    ) -> String {
        func part(_ section: Section) -> String {
            "<div id=\"\(section.rawValue)\"\(snapshot.isUp ? "" : " class=\"old\"")>\(sections[section] ?? "")</div>"
        }
        let node = snapshot.status?.node.cut(64) ?? "felt"
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(node.html) · Felt</title>
            <meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">
            <link rel="icon" href="felt.svg"><link rel="stylesheet" href="felt.css"><script src="felt.js" defer></script>
            </head><body><header><h1>Felt</h1><span id="live" class="live" hidden></span></header>
            <div id="summary">\(sections[.summary] ?? "")</div><main>
            <section class="card"><h2>Nodes and links</h2><p class="hint">As this node sees them: the farther from the middle, \
            the longer the round trip.</p>\(part(.map))\(legend)</section>
            <section class="card"><h2>Subnets</h2><p class="hint">The network, subnet by subnet.</p>\(part(.pool))\
            \(poolLegend)</section>
            <section class="card full"><div class="bar"><h2>Table</h2><input id="filter" type="search" \
            aria-label="Filter the table" placeholder="Filter: name, address, state" hidden></div>\(part(.nodes))</section>
            <section class="card"><h2>Trace</h2><p class="hint">Where would a packet go?</p>
            <form action="trace" method="get" role="search"><input name="address" aria-label="Address" inputmode="decimal" \
            placeholder="10.244.7.9" maxlength="64" autocomplete="off" value="\((trace?.address ?? "").html)"><button>Trace\
            </button></form><div id="trace" aria-live="polite">\(trace?.answer ?? "")</div></section>
            <section class="card"><h2>Events</h2><p class="hint">The newest first.</p>\(part(.events))</section>
            </main><footer>felt-web \(ControlProtocol.release) · <a href="metrics">metrics</a> · <a href="readyz">ready?</a> · \
            <a href="api/leases">leases</a> · <a href="api/members">members</a> · <a href="api/status">status</a> as JSON</footer>
            </body></html>

            """
    }

    private static var legend: String {
        let items = NodeState.allCases.map { "<span>\($0.icon())\($0.rawValue)</span>" }
        return "<p class=\"legend\"><span>\(NodeState.alive.icon(isSelf: true))this node</span>\(items.joined())</p>"
    }

    private static var poolLegend: String {
        func key(_ classes: String, _ inside: String, _ word: String) -> String {
            "<span><svg class=\"icon pool\" viewBox=\"-1 -1 22 22\" aria-hidden=\"true\"><g class=\"cell \(classes)\">"
                + "<rect width=\"20\" height=\"20\" rx=\"3\"/>\(inside)</g></svg>\(word)</span>"
        }
        func sign(_ state: NodeState) -> String {
            "<g class=\"sign\" transform=\"translate(10 10)\">\(state.mark(4.4))</g>"
        }
        return "<p class=\"legend\">"
            + key("alive self", "<circle class=\"dot\" cx=\"10\" cy=\"10\" r=\"4\"/>", "this node")
            + key("alive", "", "held") + key("suspect", sign(.suspect), "suspect")
            + key("unreachable", sign(.unreachable), "unreachable")
            + key(
                "alive conflict", "<path class=\"split\" d=\"M0 20L20 0V20z\"/><path class=\"bar\" d=\"M0 20L20 0\"/>",
                "claimed twice")
            + key("alive", "<path class=\"pin\" d=\"M0 0H8L0 8z\"/>", "pinned")
            + "<span><svg class=\"icon pool\" viewBox=\"-1 -1 22 22\" aria-hidden=\"true\">"
            + "<path class=\"free\" d=\"M0 0h20v20h-20z\"/></svg>free</span></p>"
    }
}
