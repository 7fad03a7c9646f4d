/// The style sheet, the script and the icon, from Assets/ in the program itself.
enum Assets {
    static func answer(_ path: String) -> Answer? {
        switch path {
        case "/felt.css": Answer(200, "text/css; charset=utf-8", .bytes(PackageResources.felt_css))
        case "/felt.js": Answer(200, "text/javascript; charset=utf-8", .bytes(PackageResources.felt_js))
        case "/felt.svg", "/favicon.ico": Answer(200, "image/svg+xml", .bytes(PackageResources.felt_svg))
        default: nil
        }
    }
}
