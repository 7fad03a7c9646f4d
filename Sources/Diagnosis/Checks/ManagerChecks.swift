/// Who else would manage our devices, and the file that stops each.
enum ManagerChecks {
    static func udev(_ facts: Facts) -> [Finding] {
        guard facts.backend == "vxlan", let source = facts.managers.udev else { return [] }
        return [
            Finding(
                "udev-mac-policy", subject: facts.deviceName,
                what: "udev's MACAddressPolicy (\(source)) covers \(facts.deviceName)",
                why: "udev gives the device a MAC address of its own, and the peers' entries then lead nowhere.",
                remedy: DropIn.link(facts.deviceName), reload: "udevadm control --reload")
        ]
    }

    static func networkd(_ facts: Facts) -> [Finding] {
        guard facts.backend == "vxlan", let source = facts.managers.networkd else { return [] }
        return [
            Finding(
                "networkd-device", subject: facts.deviceName,
                what: "systemd-networkd manages \(facts.deviceName) (\(source))",
                why: "It takes addresses and routes away that it does not know.",
                remedy: DropIn.network(facts.deviceName), reload: "networkctl reload")
        ]
    }

    static func networkdRoutes(_ facts: Facts) -> [Finding] {
        guard facts.backend != "alloc", let source = facts.managers.networkdRoutes else { return [] }
        return [
            Finding(
                "networkd-routes", what: "systemd-networkd removes routes of others (\(source))",
                why: "When it restarts, the routes to all peers go; feltd puts them back, but packets are lost.",
                remedy: DropIn.networkd, reload: "systemctl try-restart systemd-networkd")
        ]
    }

    static func networkManager(_ facts: Facts) -> [Finding] {
        guard facts.backend == "vxlan", let source = facts.managers.networkManager else { return [] }
        return [
            Finding(
                "networkmanager-device", subject: facts.deviceName,
                what: "NetworkManager manages \(facts.deviceName) (\(source))",
                why: "It may take the device down or give it a connection of its own.",
                remedy: DropIn.networkManager(facts.deviceName), reload: "nmcli general reload")
        ]
    }

    static func dhcpcd(_ facts: Facts) -> [Finding] {
        guard facts.backend == "vxlan", let source = facts.managers.dhcpcd else { return [] }
        return [
            Finding(
                "dhcpcd-device", subject: facts.deviceName,
                what: "dhcpcd configures \(facts.deviceName) too (\(source))",
                why: "It asks for an address there, and gives it a link-local one and a route when nobody answers.",
                remedy: DropIn.dhcpcd(facts.deviceName), reload: "systemctl try-restart dhcpcd")
        ]
    }
}
