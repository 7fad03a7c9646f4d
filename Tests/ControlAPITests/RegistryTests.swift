import Testing

@testable import ControlAPI

@Suite struct RegistryTests {
    private func answer(_ line: String) async throws -> String {
        var registry = ControlRegistry(release: "9.9")
        registry.on(ControlMethods.list) { [] }
        registry.on(ControlMethods.get) { selection in try selection.pick(from: []) }
        let request = try ControlRequest(line: Array(line.utf8))
        return String(decoding: await registry.answer(request).line(id: request.id), as: UTF8.self)
    }

    @Test func `a method is answered with its id on one line`() async throws {
        #expect(try await answer(#"{"id":5,"method":"list"}"#) == "{\"id\":5,\"result\":[]}\n")
        #expect(try await answer(#"{"id":5,"method":"list","params":{}}"#) == "{\"id\":5,\"result\":[]}\n")
    }

    @Test func `hello names the release, the protocol and the methods`() async throws {
        let hello = #"{"version":"9.9","protocol":1,"methods":["get","hello","list","version","watch"]}"#
        #expect(try await answer(#"{"id":1,"method":"hello","params":{"client":"later"}}"#).contains(hello))
        #expect(try await answer(#"{"id":1,"method":"version"}"#).contains(hello))
    }

    @Test func `a method of a later release is refused with the release and what there is`() async throws {
        let text = try await answer(#"{"id":2,"method":"teleport\u001b"}"#)
        #expect(text.hasPrefix(#"{"id":2,"error":{"code":"unknownMethod","message":"feltd 9.9 has no method"#))
        #expect(text.contains("get, hello, list, version, watch"))
        #expect(text.utf8.count(where: { $0 < 0x20 }) == 1)
    }

    @Test(
        arguments: [
            (#"{"id":3,"method":"get","params":{"node":7}}"#, "badRequest"),
            (#"{"id":3,"method":"get","params":[]}"#, "badRequest"), (#"{"id":3,"method":"get"}"#, "badRequest"),
            (#"{"id":3,"method":"get","params":{"node":"a","subnet":"b"}}"#, "badRequest"),
            (#"{"id":3,"method":"get","params":{"node":"a"}}"#, "notFound"),
        ])
    func `wrong parameters and missing things have their codes`(line: String, code: String) async throws {
        #expect(try await answer(line).hasPrefix(#"{"id":3,"error":{"code":"\#(code)""#))
    }

    @Test(arguments: [
        "", "[]", "7", "{}", #"{"id":"x","method":"list"}"#, #"{"id":1}"#, #"{"id":1.5,"method":"list"}"#,
    ])
    func `what is no request is refused with an example of one`(line: String) {
        let error = #expect(throws: ControlError.self) { try ControlRequest(line: Array(line.utf8)) }
        #expect(error?.message.contains(#"{"id":1,"method":"list"}"#) == true)
    }
}
