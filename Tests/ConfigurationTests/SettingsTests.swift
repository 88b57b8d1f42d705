import Configuration
import S3Protocol
import Testing

@Suite struct SettingsTests {
    @Test func `a flag wins over the environment, which wins over the file, which wins over the default`() throws {
        let file = try file(#"{"region": "file", "listen": "1.1.1.1:1", "storage": "file"}"#)
        let settings = try Settings(
            flags: ["region": "flag"],
            environment: ["LARDER_REGION": "environment", "LARDER_LISTEN": "2.2.2.2:2"],
            file: file
        )
        #expect(settings.text("region") == "flag")
        #expect(settings.entry("region").source == .flag)
        #expect(settings.text("listen") == "2.2.2.2:2")
        #expect(settings.entry("listen").source == .environment("LARDER_LISTEN"))
        #expect(settings.text("storage") == "file")
        #expect(settings.entry("storage").source == .file("larder.json"))
        #expect(settings.list("buckets") == ["uploads"])
        #expect(settings.entry("buckets").source == .standard)
    }

    @Test(arguments: [
        (#"{"regoin": "x"}"#, "there is no setting 'regoin'"),
        (#"{"limits": {"conections": 1}}"#, "there is no setting 'limits.conections'"),
        (#"{"limits": 5}"#, "there is no setting 'limits'"),
        (#"{"listen": 9000}"#, "listen must be a text"),
        (#"{"buckets": "a"}"#, "buckets must be a list"),
        (#"{"buckets": [1]}"#, "buckets must be a list"),
        (#"{"signatures": {"version2": "yes"}}"#, "signatures.version2 must be a boolean"),
        (#"{"a": 1,}"#, "is not a JSON object"),
        ("[]", "is not a JSON object"),
    ])
    func `a file with a mistake is refused with its place`(text: String, expected: String) {
        let error = #expect(throws: ConfigurationError.self) { try file(text) }
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    }

    @Test func `lists and maps are comma separated in the environment`() throws {
        let settings = try Settings(environment: [
            "LARDER_BUCKETS": "one, two,,three", "LARDER_CUSTOM_HOSTS": "a.example=one,b.example=two",
        ])
        #expect(settings.list("buckets") == ["one", "two", "three"])
        #expect(settings.map("custom_hosts") == ["a.example": "one", "b.example": "two"])
    }

    @Test func `an empty variable counts as not set`() throws {
        #expect(try Settings(environment: ["LARDER_REGION": ""]).text("region") == "us-east-1")
    }

    @Test(arguments: ["0", "70000", "x"])
    func `a number out of its range is refused`(text: String) throws {
        let settings = try? Settings(environment: ["LARDER_LIMITS_CONNECTIONS": text])
        #expect(throws: (any Error).self) {
            _ =
                try settings.map { try $0.integer("limits.connections", in: 1...65_000) }
                ?? { throw ConfigurationError("") }()
        }
    }

    @Test func `every setting of the table has a help text and a value of its kind`() {
        for key in SettingKey.table {
            #expect(!key.help.isEmpty, "\(key.path)")
        }
        #expect(Set(SettingKey.table.map(\.path)).count == SettingKey.table.count)
    }

    private func file(_ text: String) throws(ConfigurationError) -> ConfigurationFile {
        try ConfigurationFile(path: "larder.json", content: Array(text.utf8))
    }
}
