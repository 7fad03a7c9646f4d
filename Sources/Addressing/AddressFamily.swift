internal import Glibc

/// An IP address family. Addresses and blocks take it as a parameter, so both families share one implementation.
package protocol AddressFamily: Sendable {
    /// The unsigned integer that holds an address in host byte order.
    associatedtype Bits: FixedWidthInteger & UnsignedInteger & Sendable & BitwiseCopyable
    /// `AF_INET` or `AF_INET6`.
    static var number: Int32 { get }
    /// As written in messages: "IPv4" or "IPv6".
    static var name: String { get }
}

package enum IPv4: AddressFamily {
    package typealias Bits = UInt32
    package static var number: Int32 { AF_INET }
    package static var name: String { "IPv4" }
}

package enum IPv6: AddressFamily {
    package typealias Bits = UInt128
    package static var number: Int32 { AF_INET6 }
    package static var name: String { "IPv6" }
}

package typealias IPv4Address = IPAddress<IPv4>
package typealias IPv6Address = IPAddress<IPv6>
package typealias IPv4Block = IPBlock<IPv4>
package typealias IPv6Block = IPBlock<IPv6>
