/// How a form wants its success answered: a redirect when it names a usable URL, else one of three statuses.
package struct PostSuccessChoice: Equatable, Sendable {
    /// 200, 201 or 204; anything else that a form asks for is 204.
    package let status: Int
    /// An absolute http or https URL to answer 303 with, or nil.
    package let redirect: String?

    /// The choice that the fields of a form make; `redirect` is the old name of `success_action_redirect`.
    package init(_ form: PostForm) {
        switch form["success_action_status"] {
        case "200": status = 200
        case "201": status = 201
        default: status = 204
        }
        let url = form.nonEmpty("success_action_redirect") ?? form.nonEmpty("redirect")
        redirect = url.flatMap { Self.isAbsolute($0) ? $0 : nil }
    }

    private static func isAbsolute(_ url: String) -> Bool {
        let lowercased = ByteText.lowercasedASCII(url)
        guard let scheme = ["http://", "https://"].first(where: { ByteText.hasPrefix(lowercased, $0) }),
            !lowercased.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F })
        else { return false }
        let host = lowercased.utf8.dropFirst(scheme.utf8.count).prefix { !"/?#".utf8.contains($0) }
        return !host.isEmpty && host.first != UInt8(ascii: ":")
    }
}
