internal import ControlAPI
internal import Glibc
internal import TestSupport
import Testing

extension Integration {
    /// The page as a browser shows it. The pictures stay in .build/screenshots, to be looked at.
    @Suite(.serialized) struct WebPageTests {
        private func withPage(
            size: Int, name: @escaping @Sendable (Int) -> String = { "shop\($0 + 1)" },
            _ body: (WebServer, FakeFeltd) async throws -> Void
        ) async throws {
            let folder = "/tmp/felt-page-test-\(getpid())"
            try makeFolder(folder)
            defer { _ = try? Command.run(["rm", "-rf", folder]) }
            let feltd = try FakeFeltd(FakeCluster(size: size, name: name).answers)
            try await body(try await WebServer(socket: feltd.path, port: 18_475, folder: folder), feltd)
        }

        @Test(arguments: [3, 200]) func `the page is drawn, light and dark, wide and on a phone`(size: Int) async throws
        {
            try await withPage(size: size) { web, _ in
                for (name, width, height, dark) in [
                    ("wide-light", 1_280, 1_500, false), ("wide-dark", 1_280, 1_500, true),
                    ("phone-light", 390, 2_600, false),
                    ("phone-dark", 390, 2_600, true),
                ] {
                    let picture = try web.screenshot("\(size)-\(name)", width: width, height: height, dark: dark)
                    #expect(picture.width == width && picture.height == height)
                    // A blank page of this size takes a few kilobytes.
                    #expect(picture.bytes > 40_000, "\(size)-\(name): \(picture.bytes) bytes")
                }
                // A way that is good, and one with something wrong.
                let address = size == 3 ? "10.244.98.5" : "10.244.170.5"
                for (name, width, height, dark) in [
                    ("trace-wide-light", 1_280, 1_600, false), ("trace-phone-dark", 390, 2_800, true),
                ] {
                    let picture = try web.screenshot(
                        "\(size)-\(name)", width: width, height: height, dark: dark, page: "/trace?address=\(address)")
                    #expect(picture.bytes > 40_000, "\(size)-\(name): \(picture.bytes) bytes")
                }
            }
        }

        @Test func `in a browser the page goes live, breaks no rule of its own, and what happens appears`() async throws
        {
            try await withPage(size: 200) { web, feltd in
                let browser = try Browser("http://\(web.address)/", folder: web.folder)
                try await browser.waitUntil("document.querySelector('.live.on') !== null")
                #expect(try browser.value("document.querySelectorAll('#nodes tbody tr').length") == .number(200))
                #expect(try browser.value("document.querySelectorAll('#map .link').length") == .number(199))
                #expect(try browser.value("document.querySelectorAll('#pool .cell').length") == .number(199))
                try await waitUntil("felt-web follows") { feltd.hasWatchers ? nil : "not yet" }
                feltd.tell(#""result":{"kind":"lost","message":"<i id=x>news"}"#)
                try await browser.waitUntil("document.querySelector('#events .text')?.textContent === '<i id=x>news'")
                feltd.become(.answers(FakeCluster(size: 3).answers))
                try await browser.waitUntil("document.querySelectorAll('#nodes tbody tr').length === 3")
                feltd.stop()
                try await browser.waitUntil("document.querySelector('.banner')?.textContent.includes('feltd') === true")
                #expect(try browser.value("document.querySelector('#map').className") == .string("old"))
                #expect(browser.complaints == [])
            }
        }

        @Test func `pointing at a node, the filter and the trace box work`() async throws {
            try await withPage(size: 30) { web, _ in
                let browser = try Browser("http://\(web.address)/", folder: web.folder)
                try await browser.waitUntil("document.querySelector('.live.on') !== null")
                let point =
                    "document.querySelectorAll('#nodes tbody tr')[4].dispatchEvent(new Event('mouseover',{bubbles:true}))"
                _ = try browser.value(point)
                // Its row, its mark and link on the map, its subnet.
                #expect(try browser.value("document.querySelectorAll('.chosen').length") == .number(4))
                let type =
                    "(() => { const box = document.getElementById('filter'); box.value = 'shop2 suspect'; "
                    + "box.dispatchEvent(new Event('input')) })()"
                _ = try browser.value(type)
                let seen = "[...document.querySelectorAll('#nodes tbody tr')].filter((row) => !row.hidden).length"
                #expect(try browser.value(seen) == .number(1))
                for (address, words) in [("10.244.98.5", "belongs to shop2"), ("<b>", "is not an address")] {
                    let ask =
                        "(() => { const form = document.querySelector('form'); form.elements.address.value = '\(address)'; "
                        + "form.requestSubmit() })()"
                    _ = try browser.value(ask)
                    try await browser.waitUntil("document.getElementById('trace').textContent.includes('\(words)')")
                }
                for (address, words) in [
                    ("10.244.98.5", "10.244.98.0 lladdr 62:77:9a:41:db:01 PERMANENT"),
                    ("10.244.37.5", "installs no route to shop4: its backend is host-gw"),
                ] {
                    let ask =
                        "(() => { const form = document.querySelector('form'); form.elements.address.value = '\(address)'; "
                        + "form.requestSubmit() })()"
                    _ = try browser.value(ask)
                    let seen = "document.querySelector('#trace .steps')?.textContent.includes('\(words)')"
                    try await browser.waitUntil(seen)
                }
                // The refused address is an answer of 400, which the browser notes.
                #expect(browser.complaints.count <= 1)
            }
        }

        @Test func `without JavaScript the table is there, and the trace answers`() async throws {
            try await withPage(size: 3) { web, _ in
                let url = "http://\(web.address)/trace?address=10.244.98.5"
                let browser = try Browser(url, folder: web.folder, javaScript: false)
                try await browser.waitUntil("document.querySelectorAll('#nodes tbody tr').length === 3")
                #expect(try browser.value("document.getElementById('live').hidden") == .bool(true))
                #expect(try browser.value("document.getElementById('filter').hidden") == .bool(true))
                try await browser.waitUntil("document.getElementById('trace').textContent.includes('belongs to shop2')")
                #expect(try browser.value("document.querySelectorAll('#trace .steps li').length") == .number(4))
                #expect(browser.complaints == [])
            }
        }

        @Test func `a node's name is text, whatever it is`() async throws {
            let hostile = "<img src=x onerror=\"document.title='had'\"><script>document.title='had'</script>"
            try await withPage(size: 30, name: { $0 == 0 ? "shop1" : hostile }) { web, _ in
                let browser = try Browser("http://\(web.address)/", folder: web.folder)
                try await browser.waitUntil("document.querySelector('.live.on') !== null")
                #expect(try browser.value("document.title") == .string("shop1 · Felt"))
                #expect(try browser.value("document.images.length + document.scripts.length") == .number(1))
                #expect(browser.complaints == [])
            }
        }
    }
}
