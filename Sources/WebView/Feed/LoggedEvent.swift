package import ControlAPI

/// Something that happened, and how long ago.
package struct LoggedEvent: Sendable {
    package var info: EventInfo
    package var ageSeconds: Double
}
