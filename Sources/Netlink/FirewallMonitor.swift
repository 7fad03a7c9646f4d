internal import CNetlink
internal import Glibc

/// A subscription to the changes of one nftables table of family ip, in the network namespace of the thread that made it.
/// One thread reads it; any thread may cancel it.
package struct FirewallMonitor: ~Copyable {
    private let socket: NotificationSocket
    private let table: String
    /// Ends `next()`, once and for all; may be kept and used on any thread.
    package var cancellation: NetlinkMonitor.Cancellation { socket.cancellation }

    /// NFNLGRP_NFTABLES (linux/netfilter/nfnetlink.h).
    private static let group: UInt32 = 7
    private static let receiveBuffer: Int32 = 1 << 20

    /// Subscribed when it returns; takes CAP_NET_ADMIN.
    package init(table: String) throws(NetlinkError) {
        self.table = table
        socket = try NotificationSocket(
            family: NETLINK_NETFILTER, groups: [Self.group], receiveBuffer: Self.receiveBuffer)
    }

    /// Waits until the table, or something in it, has changed, whoever did it.
    /// - Returns: false once cancelled.
    /// - Throws: when the socket is of no further use.
    package func next() throws(NetlinkError) -> Bool {
        let table = table
        return try socket.next(overrun: true) { bytes in
            var messages = NetlinkMessages(bytes)
            while let message = messages.next() {
                if message.concernsTable(table) { return true }
            }
            return messages.isMalformed ? true : nil
        } ?? false
    }
}

extension NetlinkMessage {
    /// NFNL_SUBSYS_NFTABLES and NFT_MSG_NEWGEN (linux/netfilter/nfnetlink.h, nf_tables.h).
    private static let nfTables: UInt16 = 10
    private static let newGeneration: UInt16 = 15
    /// In every object's message of nftables, attribute 1 names the table: NFTA_TABLE_NAME, NFTA_CHAIN_TABLE and so on.
    private static let tableName: UInt16 = 1
    private static let familyIPv4: UInt8 = 2

    /// Whether it tells of a table of family ip, or of something in it.
    func concernsTable(_ name: String) -> Bool {
        guard type >> 8 == Self.nfTables, type & 0xFF != Self.newGeneration, payload.first == Self.familyIPv4 else {
            return false
        }
        // nfgenmsg is four bytes.
        return attributes(after: 4).contains { $0.type == Self.tableName && $0.value.text == name }
    }
}
