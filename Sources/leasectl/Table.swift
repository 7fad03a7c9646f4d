/// Text in columns.
struct Table {
    struct Column {
        var heading: String
        /// Longer cells are cut with an ellipsis; `nil` keeps all.
        var longest: Int?
        /// How a cell is shown on a terminal, by its text.
        var tone: (String) -> Tone

        init(_ heading: String, longest: Int? = nil, tone: @escaping (String) -> Tone = { _ in .plain }) {
            self.heading = heading
            self.longest = longest
            self.tone = tone
        }

        /// One whose cells are states.
        init(state heading: String, longest: Int? = nil) {
            self.init(heading, longest: longest, tone: Tone.init(state:))
        }
    }

    var columns: [Column]
    var rows: [[String]] = []
    var hasHeadings = true
    /// How the last cell of a row is shown, by the row, up to the first two blanks: what stands behind them is detail.
    var tones: [Int: Tone] = [:]

    init(columns: [Column], rows: [[String]] = [], hasHeadings: Bool = true) {
        self.columns = columns
        self.rows = rows
        self.hasHeadings = hasHeadings
    }

    /// Facts, one a line, without headings.
    init(facts: [(label: String, text: String, tone: Tone)]) {
        self.init(
            columns: [Column(""), Column("")], rows: facts.map { [$0.label, $0.text] }, hasHeadings: false)
        for (row, fact) in facts.enumerated() { tones[row] = fact.tone }
    }

    /// - Parameter styled: whether in colour, where that is allowed at all.
    func text(headings: Bool, styled: Bool = true) -> String {
        let heads = headings && hasHeadings ? [columns.map(\.heading)] : []
        let lines = heads + rows.map { row in zip(row, columns).map { Self.cut(Console.shown($0), $1.longest) } }
        let widths = columns.indices.map { column in lines.map { TextWidth.of($0[column]) }.max() ?? 0 }
        return lines.enumerated().map { index, line in
            var text = ""
            for (column, cell) in line.enumerated() {
                if column > 0 {
                    let used = TextWidth.of(line[column - 1])
                    text += String(repeating: " ", count: widths[column - 1] - used + 2)
                }
                text += styled ? toned(cell, row: index - heads.count, column) : cell
            }
            while text.last == " " { text.removeLast() }
            return text + "\n"
        }.joined()
    }

    private func toned(_ cell: String, row: Int, _ column: Int) -> String {
        guard row >= 0 else { return Style.strong(cell) }
        guard column == columns.count - 1, let tone = tones[row] else {
            return columns[column].tone(rows[row][column]).applied(to: cell)
        }
        let end = cell.firstRange(of: "  ")?.lowerBound ?? cell.endIndex
        return tone.applied(to: String(cell[..<end])) + cell[end...]
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
