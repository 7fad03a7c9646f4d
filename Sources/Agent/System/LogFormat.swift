/// How log lines look.
package enum LogFormat: String, Sendable, CaseIterable {
    case text
    case json
}
