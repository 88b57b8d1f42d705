import ArgumentParser
import Attachments
import Configuration
import Gateway
import Imaging
import S3Protocol
import StyleAddresses

/// `larder styles url`.
struct StylesURLCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "url",
        abstract: "Print a signed URL that makes a style of a picture when somebody fetches it.",
        discussion: """
            The URL has imgproxy's form, and libraries for imgproxy make the same ones: give them on_the_fly.key and
            on_the_fly.salt, or without these styles_key and styles_salt of .larder/credentials.json, and the server's
            address with /-/styles behind it. Options that the server would refuse are refused here.

            Examples:
              larder styles url uploads photos/cat.jpg --style thumb
              larder styles url uploads photos/cat.jpg --option rs:fill:320:200 --option g:sm --format webp
              larder styles url uploads photos/cat.jpg --style medium --expires 12h --base https://pictures.example.com
            """
    )

    @OptionGroup var common: CommonOptions

    @Argument(help: "The bucket, one of on_the_fly.buckets.")
    var bucket: String

    @Argument(help: "The key of the picture.")
    var key: String

    @Option(help: ArgumentHelp("A named style; options change it.", valueName: "name"))
    var style: String?

    @Option(
        help: ArgumentHelp("An option as imgproxy has it, such as rs:fit:300:0; may be repeated.", valueName: "option")
    )
    var option: [String] = []

    @Option(help: "jpg, png, webp, avif or gif; that of the style or the picture when not given.")
    var format: String?

    @Option(
        help: ArgumentHelp("How long the URL works: 90s, 15m, 12h, 30d; for ever when not given.", valueName: "time")
    )
    var expires: String?

    @Option(help: ArgumentHelp("Address of the server; public_url, else the one it listens on.", valueName: "url"))
    var base: String?

    func run() throws {
        let settings = try ServerSettings(try common.settings(), isSandbox: false)
        let source = StyleSource(bucket: try BucketName(bucket), key: try ObjectKey(key))
        guard settings.onTheFly.configuration.buckets.contains(source.bucket) else {
            throw ConfigurationError("'\(bucket)' is none of on_the_fly.buckets, so the server would refuse the URL.")
        }
        let address = StyleAddress(options: try options(), source: source, format: format)
        try check(address, settings)
        let path = try settings.onTheFly.signer(try Self.credentials(settings)).signed(address.path)
        print("\(try base.map(Self.trimmed) ?? Self.address(settings))/-/styles\(path)")
    }

    private func options() throws -> [StyleOption] {
        var options = style.map { [StyleOption("pr", $0)] } ?? []
        options += try option.map { text in
            let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count > 1 else {
                throw ValidationError("--option is '\(text)'; write NAME:ARGUMENT, as rs:fit:300:0.")
            }
            return StyleOption(parts[0], Array(parts.dropFirst()))
        }
        if let expires { options.append(StyleOption("exp", "\(try Self.seconds(expires))")) }
        return options
    }

    /// What the server would say of it.
    private func check(_ address: StyleAddress, _ settings: ServerSettings) throws {
        let styles = settings.attachments.styles(of: address.source.key, in: address.source.bucket)
        let terms = StyleRequest.Terms(
            styles: styles,
            presetsOnly: settings.onTheFly.configuration.presetsOnly,
            now: System.now()
        )
        do {
            _ = try StyleRequest(address, terms)
        } catch {
            throw ConfigurationError(error.message)
        }
    }

    private static func seconds(_ text: String) throws -> Int64 {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            (1...36_500).contains(count)
        else { throw ValidationError("--expires is '\(text)'; write a number with s, m, h or d behind it, as 12h.") }
        return System.now().seconds + count * unit
    }

    private static func credentials(_ settings: ServerSettings) throws -> Credentials {
        guard FileContent.exists(Credentials.path(inRoot: settings.storage)) else {
            throw ConfigurationError(
                "\(settings.storage) has no keys yet: name a storage root with --storage, start the server there once, or "
                    + "set on_the_fly.key and on_the_fly.salt."
            )
        }
        return try Credentials.load(root: settings.storage, settings: settings).0
    }

    private static func trimmed(_ base: String) throws -> String {
        let isAddress = base.hasPrefix("http://") || base.hasPrefix("https://")
        guard isAddress else { throw ValidationError("--base is '\(base)'; write http://HOST or https://HOST.") }
        return base.hasSuffix("/") ? String(base.dropLast()) : base
    }

    private static func address(_ settings: ServerSettings) throws -> String {
        if let url = settings.publicURL { return url }
        guard case .tcp(let host, let port) = settings.front.endpoint, port > 0 else {
            throw ConfigurationError(
                "the server listens on a port that is not known here; give --base or set public_url."
            )
        }
        let name = ["0.0.0.0", "::"].contains(host) ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host
        return "\(settings.front.tls == nil ? "http" : "https")://\(name):\(port)"
    }
}
