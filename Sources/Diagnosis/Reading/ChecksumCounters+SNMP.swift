extension ChecksumCounters {
    /// Reads /proc/net/snmp: two lines a protocol, names and values.
    init?(snmp text: String) {
        var counters: [String: [String: UInt64]] = [:]
        var names: [Substring] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let head = words.first, words.count > 1 else { continue }
            if UInt64(words[1]) == nil, Int64(words[1]) == nil {
                names = words
            } else if names.first == head {
                for (name, value) in zip(names, words).dropFirst() {
                    counters[String(head), default: [:]][String(name)] = UInt64(value) ?? 0
                }
            }
        }
        guard let udp = counters["Udp:"], let tcp = counters["Tcp:"] else { return nil }
        self.init(
            udpReceived: udp["InDatagrams"] ?? 0, udpErrors: udp["InCsumErrors"] ?? 0,
            tcpReceived: tcp["InSegs"] ?? 0, tcpErrors: tcp["InCsumErrors"] ?? 0)
    }
}
