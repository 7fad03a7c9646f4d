internal import Addressing
internal import LeaseLedger

/// Orders and their outcomes. An order: code 1 [pin: base 4, length 1]. An outcome: code 1, and by its code a subnet
/// (base 4, length 1) and a nodeID 16.
extension ByteReader {
    mutating func leaseOrder() throws(DecodingFailure) -> LeaseOrder {
        switch try integer(UInt8.self) {
        case 1: .pin(try block())
        case 2: .takeAny
        case 3: .release
        case 4: .leave
        case 5: .drain
        default: throw .valueOutOfRange
        }
    }

    mutating func orderOutcome() throws(DecodingFailure) -> OrderOutcome {
        switch try integer(UInt8.self) {
        case 1: .unchanged
        case 2: .pins(try block())
        case 3: .claims(try block())
        case 4: .moves(to: try block())
        case 5: .waits(for: try block(), heldBy: try nodeID())
        case 6: .gives(try block())
        case 7: .gives(nil)
        case 16: .outsidePool(try block())
        case 17: .poolFull
        case 18: .holdsNothing
        case 19: .isPinned(try block())
        case 20: .notReady
        default: throw .valueOutOfRange
        }
    }

    private mutating func block() throws(DecodingFailure) -> IPv4Block {
        let base = IPv4Address(bits: try integer())
        guard let block = IPv4Block(base: base, prefixLength: Int(try integer(UInt8.self))) else {
            throw .valueOutOfRange
        }
        return block
    }
}

extension ByteWriter {
    mutating func leaseOrder(_ order: LeaseOrder) {
        switch order {
        case .pin(let subnet): code(1, subnet)
        case .takeAny: code(2)
        case .release: code(3)
        case .leave: code(4)
        case .drain: code(5)
        }
    }

    mutating func orderOutcome(_ outcome: OrderOutcome) {
        switch outcome {
        case .unchanged: code(1)
        case .pins(let subnet): code(2, subnet)
        case .claims(let subnet): code(3, subnet)
        case .moves(let subnet): code(4, subnet)
        case .waits(let subnet, let holder):
            code(5, subnet)
            nodeID(holder)
        case .gives(let subnet?): code(6, subnet)
        case .gives(nil): code(7)
        case .outsidePool(let subnet): code(16, subnet)
        case .poolFull: code(17)
        case .holdsNothing: code(18)
        case .isPinned(let subnet): code(19, subnet)
        case .notReady: code(20)
        }
    }

    private mutating func code(_ code: UInt8, _ subnet: IPv4Block? = nil) {
        integer(code)
        guard let subnet else { return }
        integer(subnet.base.bits)
        integer(UInt8(subnet.prefixLength))
    }
}
