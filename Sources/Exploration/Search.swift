/// The entry: a scenario in, what was seen out.
package enum Search {
    /// - Throws: when the scenario's pool cannot be.
    package static func run(_ scenario: Scenario) throws -> SearchResult {
        var explorer = try Explorer(scenario)
        return explorer.search()
    }
}
