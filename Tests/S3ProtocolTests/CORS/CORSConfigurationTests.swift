import Testing

@testable import S3Protocol

@Suite struct CORSConfigurationTests {
    static func parse(_ rules: String) throws -> CORSConfiguration {
        try CORSConfiguration(document: Array("<CORSConfiguration>\(rules)</CORSConfiguration>".utf8))
    }

    static let least = "<AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin>"

    @Test func `a document is read, kept and written again`() throws {
        let rule = """
            <CORSRule><ID>r1</ID><AllowedOrigin>https://*.test.com</AllowedOrigin><AllowedOrigin/>\
            <AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod><AllowedHeader>x-AMZ-*</AllowedHeader>\
            <ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule>\
            <CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>HEAD</AllowedMethod></CORSRule>
            """
        let configuration = try Self.parse(rule)
        #expect(configuration.rules.count == 2)
        #expect(configuration.rules[0].origins == ["https://*.test.com", ""])
        #expect(
            ConfigurationText.text(try configuration.document()) == ConfigurationText.answer("CORSConfiguration", rule)
        )
        #expect(try ConfigurationText.kept(configuration) == configuration)
    }

    @Test func `prefixes, unknown elements and empty header names do not matter`() throws {
        let text = """
            <a:CORSConfiguration xmlns:a="http://s3.amazonaws.com/doc/2006-03-01/"><a:CORSRule><a:Other/>
            <a:AllowedMethod> GET </a:AllowedMethod><a:AllowedOrigin>*</a:AllowedOrigin><a:ExposeHeader/>
            <a:AllowedHeader></a:AllowedHeader></a:CORSRule></a:CORSConfiguration>
            """
        let configuration = try CORSConfiguration(document: Array(text.utf8))
        #expect(configuration.rules == [CORSRule(origins: ["*"], methods: [.get])])
    }

    @Test(
        arguments: [
            ("", "MalformedXML", nil),
            ("<CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule>", "MalformedXML", nil),
            ("<CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule>", "MalformedXML", nil),
            ("<CORSRule>\(least)<MaxAgeSeconds>x</MaxAgeSeconds></CORSRule>", "MalformedXML", nil),
            ("<CORSRule>\(least)<MaxAgeSeconds>-1</MaxAgeSeconds></CORSRule>", "MalformedXML", nil),
            (
                "<CORSRule>\(least)<AllowedMethod>MYMETHOD</AllowedMethod></CORSRule>", "InvalidRequest",
                "Found unsupported HTTP method in CORS config. Unsupported method is MYMETHOD"
            ),
            (
                "<CORSRule>\(least)<AllowedMethod>get</AllowedMethod></CORSRule>", "InvalidRequest",
                "Found unsupported HTTP method in CORS config. Unsupported method is get"
            ),
            (
                "<CORSRule>\(least)<AllowedOrigin>http://*.*</AllowedOrigin></CORSRule>", "InvalidRequest",
                "AllowedOrigin \"http://*.*\" can not have more than one wildcard."
            ),
            (
                "<CORSRule>\(least)<AllowedHeader>x-*-*</AllowedHeader></CORSRule>", "InvalidRequest",
                "AllowedHeader \"x-*-*\" can not have more than one wildcard."
            ),
            (
                "<CORSRule>\(least)<AllowedHeader>a b</AllowedHeader></CORSRule>", "InvalidRequest",
                "AllowedHeader \"a b\" contains invalid character."
            ),
            (
                "<CORSRule>\(least)<ExposeHeader>x-*</ExposeHeader></CORSRule>", "InvalidRequest",
                "ExposeHeader \"x-*\" contains wildcard. We currently do not support wildcard for ExposeHeader."
            ),
            (
                "<CORSRule>\(least)<ExposeHeader>a\nb</ExposeHeader></CORSRule>", "InvalidRequest",
                "ExposeHeader \"a\nb\" contains invalid character."
            ),
        ] as [(String, String, String?)]
    )
    func `a bad rule is refused`(rules: String, code: String, message: String?) {
        let error = #expect(throws: S3Error.self) { try Self.parse(rules) }
        #expect(error?.code.rawValue == code)
        if let message { #expect(error?.message == message) }
    }

    @Test func `there are a hundred rules at most, in sixty-four kilobytes`() throws {
        let rule = "<CORSRule>\(Self.least)</CORSRule>"
        #expect(try Self.parse(String(repeating: rule, count: 100)).rules.count == 100)
        let error = #expect(throws: S3Error.self) { try Self.parse(String(repeating: rule, count: 101)) }
        #expect(error?.message == "The number of CORS rules should not exceed allowed limit of 100 rules.")
        let frame = "<CORSConfiguration>\(rule)</CORSConfiguration>"
        let blanks = String(repeating: " ", count: 65_536 - frame.utf8.count)
        _ = try CORSConfiguration(document: Array((frame + blanks).utf8))
        let long = #expect(throws: S3Error.self) { try CORSConfiguration(document: Array((frame + blanks + " ").utf8)) }
        #expect(long?.code == "MaxMessageLengthExceeded")
        #expect(long?.details == [.init("MaxMessageLengthBytes", "65536")])
    }

    @Test func `no body and another root are told apart`() {
        #expect(throws: S3Error.missingRequestBody) { try CORSConfiguration(document: []) }
        let error = #expect(throws: S3Error.self) { try CORSConfiguration(document: Array("<Tagging/>".utf8)) }
        #expect(error?.reason == "the root is Tagging, not CORSConfiguration")
    }
}
