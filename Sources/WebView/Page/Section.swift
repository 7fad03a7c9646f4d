/// The parts of the page that change; each is replaced as a whole.
package enum Section: String, CaseIterable, Sendable {
    case summary, map, pool, nodes, events

    /// Its contents as HTML.
    static func render(_ snapshot: ClusterSnapshot, _ events: [LoggedEvent]) -> [Section: String] {
        let rows = NodeRow.rows(of: snapshot)
        return [
            .summary: SummaryView.html(snapshot),
            .map: MapView.html(rows),
            .pool: PoolView.html(snapshot.status, rows),
            .nodes: NodeTable.html(rows),
            .events: EventList.html(events),
        ]
    }
}
