/// Text in columns.
struct Table {
    struct Column {
        var heading: String
        /// Longer cells are cut with an ellipsis; `nil` keeps all.
        var longest: Int?

        init(_ heading: String, longest: Int? = nil) {
            self.heading = heading
            self.longest = longest
        }
    }

    var columns: [Column]
    var rows: [[String]] = []
    var hasHeadings = true

    func text(headings: Bool) -> String {
        var lines = headings && hasHeadings ? [columns.map(\.heading)] : []
        lines += rows.map { row in zip(row, columns).map { Self.cut(Console.shown($0), $1.longest) } }
        let widths = columns.indices.map { column in lines.map { TextWidth.of($0[column]) }.max() ?? 0 }
        return lines.map { line in
            var text = ""
            for (column, cell) in line.enumerated() {
                text += cell
                if column < line.count - 1 {
                    text += String(repeating: " ", count: widths[column] - TextWidth.of(cell) + 2)
                }
            }
            while text.last == " " { text.removeLast() }
            return text + "\n"
        }.joined()
    }

    private static func cut(_ text: String, _ longest: Int?) -> String {
        longest.map { TextWidth.cut(text, $0) } ?? text
    }
}

/// Spans as people read them: 12s, 5m, 3h, 2d.
func shortAge(_ seconds: Int) -> String {
    switch seconds {
    case ..<120: "\(max(seconds, 0))s"
    case ..<7_200: "\(seconds / 60)m"
    case ..<172_800: "\(seconds / 3_600)h"
    default: "\(seconds / 86_400)d"
    }
}
