import Testing

@testable import Agent

@Suite struct StopSignalTests {
    @Test func `a wish to stop is heard, whether it comes before or after the listener`() {
        for isEarly in [true, false] {
            let (stop, heard) = (StopSignal(), LineLog())
            if isEarly { stop.raise() }
            stop.onRaise { heard.add("stop") }
            #expect(heard.all.isEmpty != isEarly)
            if !isEarly { stop.raise() }
            #expect(heard.all == ["stop"] && stop.isRaised)
        }
    }
}
