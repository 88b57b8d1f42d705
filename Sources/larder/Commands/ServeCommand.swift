import ArgumentParser
import Configuration

/// `larder serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a storage root over S3, browser forms and the attachments API.",
        discussion: """
            Makes the storage root and its keys at the first start and prints how to reach the server; `ready` is the
            last line. SIGTERM or Ctrl-C finishes the requests in flight and stops.

            Examples:
              larder serve
              larder serve --storage /srv/larder --listen 0.0.0.0:9000
              LARDER_ACCESS_KEY=me LARDER_SECRET_KEY=mysecret larder serve --config larder.json
            """
    )

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("Address to listen on; port 0 takes a free one.", valueName: "host:port"))
    var listen: String?

    @Flag(help: "For developers: loopback only, keys larder-sandbox / larder-sandbox-secret, token sandbox.")
    var sandbox = false

    @Option(help: ArgumentHelp("text or json.", valueName: "format"))
    var logFormat: String?

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String?

    func run() async throws {
        var flags = ["listen": listen, "log.format": logFormat, "log.level": logLevel]
        if sandbox { flags.merge(Sandbox.settings) { given, _ in given } }
        let settings = try ServerSettings(try common.settings(flags: flags), isSandbox: sandbox)
        try await Server.run(settings)
    }
}

/// What `--sandbox` fixes; the checks stay as strict as ever.
enum Sandbox {
    static let settings: [String: String?] = [
        "access_key": "larder-sandbox", "secret_key": "larder-sandbox-secret", "api_token": "sandbox",
    ]
}
