internal import Addressing
internal import ControlAPI

/// The network as cells of one subnet each, or of several where it is large, row by row.
struct PoolLayout {
    struct Cell {
        var block: IPv4Block
        /// Indices of the rows that claim something in it.
        var claims: [Int] = []
        /// Whether any subnet of it may be leased.
        var isLeasable: Bool
    }

    static let mostCells = 1_024

    let network: IPv4Block
    let subnetLength: Int
    private(set) var cells: [Cell]
    /// Indices of rows whose subnet is not in the network.
    private(set) var outside: [Int] = []

    var columns: Int {
        switch cells.count {
        case ...64: 8
        case ...256: 16
        default: 32
        }
    }

    var subnetsPerCell: Int { 1 << (subnetLength - cellLength) }

    private let cellLength: Int

    /// - Returns: `nil` while no subnet is known to tell the network by.
    init?(status: StatusInfo, rows: [NodeRow]) {
        let blocks = rows.compactMap(\.block)
        guard let span = Self.span(status.pool, blocks) else { return nil }
        network = span.network
        subnetLength = span.subnetLength
        cellLength = min(subnetLength, network.prefixLength + 10)
        let size = UInt64(1) << UInt64(32 - cellLength)
        var cells: [Cell] = []
        for index in 0..<(1 << (cellLength - network.prefixLength)) {
            let base = network.base.advanced(by: UInt32(truncatingIfNeeded: UInt64(index) * size))
            guard let block = IPv4Block(base: base, prefixLength: cellLength) else { return nil }
            cells.append(Cell(block: block, isLeasable: block.last >= span.first && block.base <= span.last))
        }
        for (index, row) in rows.enumerated() {
            guard let block = row.block else { continue }
            guard network.contains(block) else {
                outside.append(index)
                continue
            }
            let first = Int(UInt64(block.base.bits - network.base.bits) / size)
            let last = Int(UInt64(block.last.bits - network.base.bits) / size)
            for cell in first...last { cells[cell].claims.append(index) }
        }
        self.cells = cells
    }

    private typealias Span = (network: IPv4Block, subnetLength: Int, first: IPv4Address, last: IPv4Address)

    /// As feltd tells it; an older one tells only how many subnets there are, which with one of them says the rest.
    private static func span(_ pool: StatusInfo.Pool, _ blocks: [IPv4Block]) -> Span? {
        if let network = pool.network.flatMap({ try? IPv4Block(parsing: $0) }),
            let first = pool.first.flatMap({ try? IPv4Block(parsing: $0) }),
            let last = pool.last.flatMap({ try? IPv4Block(parsing: $0) }), network.contains(first),
            network.contains(last), first.prefixLength == last.prefixLength
        {
            return (network, first.prefixLength, first.base, last.last)
        }
        guard pool.total > 0, pool.total < 1 << 24, let length = blocks.first?.prefixLength else { return nil }
        let bits = Int.bitWidth - (pool.total - 1).leadingZeroBitCount
        guard let subnet = blocks.first, length > bits,
            let network = IPv4Block(containing: subnet.base, prefixLength: length - bits)
        else { return nil }
        let size = UInt32(1) << UInt32(32 - length)
        let isFirstLeftOut = pool.total == 1 << bits - 1
        return (network, length, network.base.advanced(by: isFirstLeftOut ? size : 0), network.last)
    }
}
