internal import ControlAPI

extension String {
    /// What came from elsewhere, safe to look at: control and direction characters written out.
    var shown: String {
        var result = ""
        for scalar in unicodeScalars {
            if scalar.isUnsafeToShow {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// As the text of an element or of a quoted attribute.
    var html: String {
        var result = ""
        for scalar in shown.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// At most `length` characters, the end replaced by an ellipsis.
    func cut(_ length: Int) -> String { count > length ? prefix(max(length - 1, 0)) + "…" : self }
}

/// Numbers as people read them.
enum Shown {
    /// `digits` behind the point.
    static func decimal(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "–" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int64((abs(value) * scale).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(scaled)" }
        let fraction = String(scaled % Int64(scale))
        let zeros = String(repeating: "0", count: digits - fraction.utf8.count)
        return "\(sign)\(scaled / Int64(scale)).\(zeros)\(fraction)"
    }

    /// A round trip, two or three digits of it.
    static func milliseconds(_ value: Double) -> String {
        switch value {
        case ..<1: "\(decimal(value, 2)) ms"
        case ..<10: "\(decimal(value, 1)) ms"
        default: "\(decimal(value, 0)) ms"
        }
    }

    /// An age in its largest unit.
    static func age(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "–" }
        return switch seconds {
        case ..<1: "now"
        case ..<120: "\(decimal(seconds.rounded(.down), 0)) s"
        case ..<7_200: "\(decimal((seconds / 60).rounded(.down), 0)) min"
        case ..<172_800: "\(decimal((seconds / 3_600).rounded(.down), 0)) h"
        default: "\(decimal((seconds / 86_400).rounded(.down), 0)) d"
        }
    }
}
