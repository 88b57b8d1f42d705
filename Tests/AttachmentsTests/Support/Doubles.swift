import Attachments
import Imaging
import S3Protocol
import Synchronization

/// A clock that moves only when told.
final class FakeClock: Sendable {
    private let time: Mutex<Timestamp>

    init(_ text: String = "2016-10-13T23:37:35Z") {
        time = Mutex(Timestamp(iso8601: text)!)
    }

    var now: Timestamp { time.withLock { $0 } }

    func advance(bySeconds seconds: Int64) {
        time.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }
}

/// Renders by writing the style's name, or ends as told.
final class FakeRenderer: StyleRendering {
    enum Ending {
        case pictures
        case reply(RenderReply)
        case error(any Error)
    }

    struct State {
        var endings: [Ending] = []
        var sources: [String] = []
        var styles: [[String]] = []
        var gate: (@Sendable () async -> Void)?
    }

    let state = Mutex(State())

    /// The next render ends so; without a word pictures are made.
    func next(_ ending: Ending...) {
        state.withLock { $0.endings += ending }
    }

    func next(failure code: RenderFailure.Code, _ reason: String = "because") {
        next(.reply(RenderReply(failure: RenderFailure(code, reason))))
    }

    /// Each render runs this first.
    func before(_ gate: @escaping @Sendable () async -> Void) {
        state.withLock { $0.gate = gate }
    }

    var sources: [String] { state.withLock { $0.sources } }

    /// The names of the styles of each render.
    var styles: [[String]] { state.withLock { $0.styles } }

    func render(
        _ styles: [StyleSpec],
        source: OpenDescriptor,
        destinations: [OpenDescriptor],
        tellsPhoto: Bool
    ) async throws -> RenderReply {
        let text = String(decoding: try source.read(count: 4096), as: UTF8.self)
        let (ending, gate) = state.withLock { state in
            state.sources.append(text)
            state.styles.append(styles.map(\.name))
            return (state.endings.isEmpty ? Ending.pictures : state.endings.removeFirst(), state.gate)
        }
        await gate?()
        switch ending {
        case .error(let error): throw error
        case .reply(let reply): return reply
        case .pictures: return try Self.pictures(styles, of: text, into: destinations)
        }
    }

    static var source: RenderReply.Source {
        var source = RenderReply.Source(
            kind: .jpeg,
            size: PixelSize(width: 800, height: 600),
            frames: 1,
            orientation: 1,
            hasAlpha: false
        )
        var details = PictureDetails()
        details.dominantColor = "102030"
        details.blurhash = "L00"
        details.photoTime = "2014-05-01T12:34:56"
        details.photoLocation = PictureDetails.Location(latitude: 48.5, longitude: -2.25)
        source.details = details
        return source
    }

    private static func pictures(
        _ styles: [StyleSpec],
        of source: String,
        into destinations: [OpenDescriptor]
    ) throws -> RenderReply {
        let made = try zip(styles, destinations).map { style, destination in
            let bytes = Array("\(style.name) of \(source)".utf8)
            try bytes.withUnsafeBytes { try destination.replaceContent(with: $0) }
            return RenderReply.Style(
                name: style.name,
                picture: .init(
                    kind: .jpeg,
                    size: PixelSize(width: style.width, height: style.height),
                    bytes: bytes.count
                )
            )
        }
        return RenderReply(source: Self.source, styles: made)
    }
}

/// A sleep that ends only when it is cancelled.
func sleepForEver(_ duration: Duration) async throws {
    try await Task.sleep(for: .seconds(100_000))
}

/// A sleep that takes no time.
func sleepNot(_ duration: Duration) async throws {}
