/// The files that keep others off our devices: those of Packaging, for the device that this node has.
package enum DropIn {
    /// As the packaged files name them; a device of another name is named beside.
    private static func names(_ device: String, _ usual: String) -> String {
        device.hasPrefix("flannel.") ? usual : "\(device) \(usual)"
    }

    package static func link(_ device: String) -> Remedy {
        .file(
            path: "/etc/systemd/network/10-felt.link",
            contents: """
                # feltd sets the device's MAC address, and its peers rely on it: udev must not make up another.
                [Match]
                OriginalName=\(names(device, "flannel.* flannel-v6.*"))

                [Link]
                MACAddressPolicy=none
                NamePolicy=

                """)
    }

    package static func network(_ device: String) -> Remedy {
        .file(
            path: "/etc/systemd/network/10-felt.network",
            contents: """
                # feltd keeps these devices; systemd-networkd leaves them alone.
                [Match]
                Name=\(names(device, "flannel.* flannel-v6.*"))

                [Link]
                Unmanaged=yes

                """)
    }

    package static let networkd = Remedy.file(
        path: "/etc/systemd/networkd.conf.d/50-felt.conf",
        contents: """
            # Without these lines systemd-networkd removes the routes that feltd made when it restarts.
            [Network]
            ManageForeignRoutes=no
            ManageForeignRoutingPolicyRules=no

            """)

    package static func networkManager(_ device: String) -> Remedy {
        let own = device.hasPrefix("flannel.") ? "" : ",interface-name:\(device)"
        return .file(
            path: "/etc/NetworkManager/conf.d/50-felt.conf",
            contents: """
                # feltd keeps these devices; NetworkManager leaves them alone.
                [keyfile]
                unmanaged-devices+=interface-name:flannel.*\(own)

                """)
    }

    package static func dhcpcd(_ device: String) -> Remedy {
        .line(path: "/etc/dhcpcd.conf", text: "denyinterfaces \(names(device, "flannel.*"))")
    }
}
