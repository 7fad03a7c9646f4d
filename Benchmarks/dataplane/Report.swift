internal import Glibc

/// What was measured: printed as tables as it comes, and as JSON at the end.
struct Report {
    private(set) var missed = 0
    private var figures: [String] = []

    func title(_ text: String) {
        print("\n\(text)")
        fflush(nil)
    }

    /// A figure: the median of some rounds, with the least and the most.
    mutating func add(_ name: String, _ samples: [Double], unit: String = "ms") {
        let (middle, least, most) = (median(samples), samples.min() ?? 0, samples.max() ?? 0)
        line(name, "\(fixed(middle)) \(unit)", "\(fixed(least)) to \(fixed(most))")
        figures.append(
            "{\"name\":\"\(name)\",\"unit\":\"\(unit)\",\"median\":\(fixed(middle, 4)),\"samples\":"
                + "[\(samples.map { fixed($0, 4) }.joined(separator: ","))]}")
    }

    /// A figure that is not to be above (or below) a limit.
    mutating func compare(_ name: String, _ value: Double, most limit: Double, unit: String = "×") {
        let isWithin = value <= limit
        if !isWithin { missed += 1 }
        line(name, "\(fixed(value, 3)) \(unit)", "\(isWithin ? "within" : "NOT WITHIN") \(fixed(limit, 3))")
        figures.append(
            "{\"name\":\"\(name)\",\"unit\":\"\(unit)\",\"value\":\(fixed(value, 4)),\"limit\":\(fixed(limit, 4)),"
                + "\"within\":\(isWithin)}")
    }

    /// A figure that has no limit of its own.
    mutating func ratio(_ name: String, _ value: Double) {
        line(name, "\(fixed(value, 3)) ×", "")
        figures.append("{\"name\":\"\(name)\",\"unit\":\"×\",\"value\":\(fixed(value, 4))}")
    }

    private func line(_ name: String, _ value: String, _ remark: String) {
        let padded = name.count < 62 ? name + String(repeating: " ", count: 62 - name.count) : name
        let aligned = String(repeating: " ", count: max(0, 14 - value.count)) + value
        print("  \(padded)\(aligned)  \(remark)")
        fflush(nil)
    }

    /// One object: `figures` in the order of measuring.
    var json: String { "{\"benchmark\":\"dataplane\",\"figures\":[\n\(figures.joined(separator: ",\n"))\n]}\n" }
}

func median(_ samples: [Double]) -> Double {
    let sorted = samples.sorted()
    guard !sorted.isEmpty else { return 0 }
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}

/// Decimal digits without Foundation's formats.
func fixed(_ value: Double, _ digits: Int = 2) -> String {
    let scale = (0..<digits).reduce(1.0) { result, _ in result * 10 }
    let scaled = Int((abs(value) * scale).rounded())
    let fraction = String(scaled % Int(scale))
    let zeros = String(repeating: "0", count: max(0, digits - fraction.count))
    return (value < 0 ? "-" : "") + "\(scaled / Int(scale))" + (digits > 0 ? "." + zeros + fraction : "")
}
