import LeaseLedger
import Logging
import Synchronization
import Testing

@testable import Agent

@Suite struct LineLogHandlerTests {
    /// A logger whose lines and clock are the test's.
    private final class Bench: Sendable {
        let lines = LineLog()
        let now = Mutex(Instant(nanoseconds: 12_045_678_901))

        func logger(_ format: LogFormat, level: Logger.Level = .info, showsTime: Bool = true) -> Logger {
            Logger(label: "test") { _ in
                LineLogHandler(
                    level: level, format: format, showsTime: showsTime, now: { self.now.withLock { $0 } },
                    write: { self.lines.add($0) })
            }
        }
    }

    private let bench = Bench()

    @Test func `a text line has the boot time, the level, the identifier, the message and sorted details`() {
        bench.logger(.text).notice(
            "holds a subnet", id: "lease-confirmed", ["subnet": "10.244.3.0/24", "by": "two peers", "note": ""])
        #expect(
            bench.lines.all == [
                "[12.045] notice lease-confirmed: holds a subnet by=\"two peers\" note=\"\" subnet=10.244.3.0/24\n"
            ])
    }

    @Test func `where a journal adds the time, the line has none`() {
        bench.logger(.text, showsTime: false).info("started", id: "start")
        bench.logger(.json, showsTime: false).info("started", id: "start")
        #expect(
            bench.lines.all == [
                "info start: started\n", #"{"level":"info","id":"start","message":"started"}"# + "\n",
            ])
    }

    @Test func `a JSON line is one object, and no detail takes the place of its level`() {
        bench.logger(.json).warning("say \"no\" \\", id: "odd", ["level": "9", "peer": "a\tb"])
        #expect(
            bench.lines.all == [
                #"{"boot":12.045,"level":"warning","id":"odd","message":"say \"no\" \\","detail.level":"9","peer":"a\u0009b"}"#
                    + "\n"
            ])
    }

    @Test(arguments: ["\n", "\r", "\u{1B}[2J", "\u{9B}31m", "\u{7F}", "\0", "\u{2028}", "\u{85}"])
    func `what a peer sends neither steers a terminal nor begins a line`(hostile: String) {
        for format in LogFormat.allCases {
            bench.logger(format).info(
                "name \(hostile)", id: "i\(hostile)", ["k\(hostile)": hostile, "v": "a b\(hostile)"])
        }
        for line in bench.lines.all {
            #expect(line.last == "\n")
            let controls = line.dropLast().unicodeScalars.filter {
                [.control, .lineSeparator].contains($0.properties.generalCategory)
            }
            #expect(controls.isEmpty, "\(line.debugDescription)")
        }
        #expect(bench.lines.all.count == 2)
    }

    @Test func `lines below the level are not written`() {
        let logger = bench.logger(.text, level: .warning)
        logger.info("quiet", id: "a")
        logger.error("loud", id: "b")
        #expect(bench.lines.all == ["[12.045] error b: loud\n"])
    }

    @Test func `a flood of one identifier is cut, counted, and hides no other`() {
        let logger = bench.logger(.text)
        for _ in 0..<1_000 { logger.info("again", id: "flood") }
        logger.info("once", id: "other")
        #expect(bench.lines.all.count == 101)
        #expect(bench.lines.all.last?.contains("other: once") == true)
        bench.now.withLock { $0 = $0 + .seconds(1) }
        for _ in 0..<1_000 { logger.info("again", id: "flood") }
        #expect(bench.lines.all.count == 106)
        #expect(bench.lines.all[101].contains("suppressed=900"))
        #expect(!bench.lines.all[102].contains("suppressed"))
    }

    @Test func `identifiers without end share one bound`() {
        let limit = LogRateLimit(burst: 1, perSecond: 1)
        let admitted = (0..<10_000).count { limit.admit("id-\($0)", at: .zero) != nil }
        #expect(admitted == 513)
        #expect(limit.admit("id-0", at: .zero) == nil)
        #expect(
            limit.admit("id-0", at: Instant(nanoseconds: -1_000_000_000)) == nil, "time that goes back gives nothing")
    }
}
