/// Keeps the table of --ip-masq as it should be, and leaves it alone when it is.
///
/// How nft shows a table differs between its releases, so what it shows right after our rules were put is what later looks
/// are compared with. Made and used on one thread; calls block until nft has ended.
package struct TrafficRulesKeeper {
    private var kept: (rules: TrafficRules, listing: String)?

    package init() {}

    /// Looks, and puts the rules in place when they are not.
    /// - Returns: whether anything was changed.
    package mutating func keep(_ rules: TrafficRules) throws(FirewallError) -> Bool {
        let listing = try FirewallCommand.listing(of: TrafficRules.table)
        if let listing, kept.map({ $0.rules == rules && $0.listing == listing }) ?? rules.isShown(as: listing) {
            kept = (rules, listing)
            return false
        }
        kept = nil
        try FirewallCommand.apply(rules.script)
        if let listing = try FirewallCommand.listing(of: TrafficRules.table) { kept = (rules, listing) }
        return true
    }

    /// Removes what a former run with --ip-masq has left.
    /// - Returns: whether there was anything.
    package mutating func remove() throws(FirewallError) -> Bool {
        kept = nil
        guard try FirewallCommand.listing(of: TrafficRules.table) != nil else { return false }
        try FirewallCommand.apply(TrafficRules.removal)
        return true
    }
}

extension TrafficRules {
    /// Whether a table that nft shows has these rules and no others. May say no of one that is right.
    fileprivate func isShown(as listing: String) -> Bool {
        func lines(_ text: String) -> [String] {
            text.split(separator: "\n")
                .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }.filter { !$0.isEmpty }
        }
        return lines(listing) == lines(tableText)
    }
}
