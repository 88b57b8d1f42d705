import Imaging
import Testing

// One after another: a worker that starts among dozens of others may not greet in time.
@Suite("Rendering", .serialized, .enabled(if: RealWorker.isBuilt, "larder-imaged is not built"))
struct RenderTests {
    /// Red, green, blue and white quarters, clockwise from the top left.
    static func quarters(_ width: Int, _ height: Int) -> [UInt8] {
        PNGFile.picture(width, height) { column, row in
            switch (column < width / 2, row < height / 2) {
            case (true, true): [255, 0, 0]
            case (false, true): [0, 255, 0]
            case (false, false): [0, 0, 255]
            case (true, false): [255, 255, 255]
            }
        }
    }

    @Test(arguments: [StyleSpec.Format.png, .jpeg, .webp, .gif])
    func `thumb and medium have their size and the kind of the source`(format: StyleSpec.Format) async throws {
        let source = try await RealWorker.convert(Self.quarters(1200, 900), to: format)
        let rendered = try await RealWorker.render(source)
        let kind = try #require(ImageKind(rawValue: format.rawValue))
        #expect(rendered.reply.failure == nil)
        #expect(rendered.reply.source?.size == PixelSize(width: 1200, height: 900))
        #expect(rendered.reply.source?.kind == kind)
        #expect(rendered.reply.style(named: "thumb")?.picture?.size == PixelSize(width: 150, height: 150))
        #expect(rendered.reply.style(named: "medium")?.picture?.size == PixelSize(width: 600, height: 450))
        #expect(rendered.files.map { ImageSniffer.sniff($0) } == [.image(kind), .image(kind)])
        #expect(rendered.reply.usage.cpuMilliseconds > 0 && rendered.reply.usage.peakResidentBytes > 1 << 20)
    }

    @Test(arguments: [
        // The colours of the corners afterwards, clockwise from the top left: r, g, b, w for red, green, blue, white.
        (UInt8(1), "rgbw"), (2, "grwb"), (3, "bwrg"), (4, "wbgr"), (5, "rwbg"), (6, "wrgb"), (7, "bgrw"), (8, "gbwr"),
    ])
    func `every EXIF orientation ends upright`(orientation: UInt8, corners: String) async throws {
        let jpeg = try await RealWorker.convert(Self.quarters(400, 200), to: .jpeg)
        let style = try StyleSpec(name: "small", width: 100, height: 100, format: .png)
        let rendered = try await RealWorker.render(ExifSegment.inserted(into: jpeg, orientation: orientation), [style])
        let isTurned = orientation > 4
        #expect(rendered.reply.source?.size == PixelSize(width: isTurned ? 200 : 400, height: isTurned ? 400 : 200))
        let pixels = try #require(PNGPixels(rendered.files[0]))
        #expect((pixels.width, pixels.height) == (isTurned ? 50 : 100, isTurned ? 100 : 50))
        let (right, bottom) = (pixels.width - 4, pixels.height - 4)
        let found = [pixels[3, 3], pixels[right, 3], pixels[right, bottom], pixels[3, bottom]].map(Self.colourName)
        #expect(found.joined() == corners)
    }

    static func colourName(_ pixel: [UInt8]) -> String {
        let bright = pixel.prefix(3).map { $0 > 200 }
        let dark = pixel.prefix(3).map { $0 < 55 }
        if bright == [true, true, true] { return "w" }
        if bright[0] && dark[1] && dark[2] { return "r" }
        if dark[0] && bright[1] && dark[2] { return "g" }
        return dark[0] && dark[1] && bright[2] ? "b" : "?"
    }

    @Test func `a small picture is not enlarged`() async throws {
        let rendered = try await RealWorker.render(Self.quarters(40, 20))
        #expect(rendered.reply.styles.map { $0.picture?.size.description } == ["40x20", "40x20"])
    }

    @Test func `one pixel and a thread are pictures too`() async throws {
        let one = try await RealWorker.render(PNGFile.picture(1, 1) { _, _ in [1, 2, 3] })
        #expect(one.reply.styles.map { $0.picture?.size.description } == ["1x1", "1x1"])
        let thread = try await RealWorker.render(PNGFile.picture(20_000, 10) { _, _ in [1, 2, 3] })
        #expect(thread.reply.styles.map { $0.picture?.size.description } == ["150x10", "600x1"])
    }

    @Test func `alpha is kept in PNG and laid over the background in JPEG`() async throws {
        let source = PNGFile.picture(300, 300, .rgba) { column, _ in column < 150 ? [255, 0, 0, 0] : [0, 0, 255, 255] }
        let styles = try [
            StyleSpec(name: "clear", width: 100, height: 100),
            StyleSpec(
                name: "green",
                width: 100,
                height: 100,
                format: .jpeg,
                background: StyleColor(red: 0, green: 255, blue: 0)
            ),
        ]
        let rendered = try await RealWorker.render(source, styles)
        #expect(rendered.reply.source?.hasAlpha == true)
        let clear = try #require(PNGPixels(rendered.files[0]))
        #expect(clear[10, 50][3] == 0 && clear[90, 50] == [0, 0, 255, 255])
        let again = try await RealWorker.convert(rendered.files[1], to: .png)
        let green = try #require(PNGPixels(again))
        #expect(Self.colourName(green[10, 50]) == "g" && Self.colourName(green[90, 50]) == "b")
    }

    @Test func `grey stays grey`() async throws {
        let rendered = try await RealWorker.render(PNGFile.picture(700, 700, .grey) { _, _ in [90] }, [.medium])
        #expect(try #require(PNGPixels(rendered.files[0]))[300, 300] == [90])
    }

    @Test func `padding sets the picture in the middle of its canvas`() async throws {
        let style = try StyleSpec(
            name: "pad",
            width: 100,
            height: 100,
            mode: .pad,
            format: .png,
            background: .transparent
        )
        let rendered = try await RealWorker.render(PNGFile.picture(200, 100) { _, _ in [255, 0, 0] }, [style])
        let pixels = try #require(PNGPixels(rendered.files[0]))
        #expect((pixels.width, pixels.height) == (100, 100))
        #expect(pixels[50, 10][3] == 0 && pixels[50, 50] == [255, 0, 0, 255])
    }

    @Test(arguments: [(StyleSpec.Gravity.northwest, "r"), (.northeast, "g"), (.southeast, "b"), (.southwest, "w")])
    func `gravity says what is kept`(gravity: StyleSpec.Gravity, colour: String) async throws {
        let tall = try StyleSpec(name: "a", width: 20, height: 100, mode: .fill, gravity: gravity, format: .png)
        let pixels = try #require(PNGPixels(try await RealWorker.render(Self.quarters(200, 200), [tall]).files[0]))
        let row = gravity == .northwest || gravity == .northeast ? 5 : 95
        #expect((pixels.width, pixels.height) == (20, 100))
        #expect(Self.colourName(pixels[10, row]) == colour)
    }

    @Test func `an animated GIF gives its first frame`() async throws {
        let gif = GIFFile.frames(40, 30, colours: [[255, 0, 0], [0, 0, 255]])
        let style = try StyleSpec(name: "first", width: 20, height: 20, format: .png)
        let rendered = try await RealWorker.render(gif, [style])
        #expect(rendered.reply.source?.frames == 2)
        #expect(rendered.reply.styles.first?.picture?.size == PixelSize(width: 20, height: 15))
        #expect(Self.colourName(try #require(PNGPixels(rendered.files[0]))[10, 10]) == "r")
    }

    @Test(arguments: [StyleSpec.Format.jpeg, .png, .webp, .gif])
    func `nothing of the metadata is left`(format: StyleSpec.Format) async throws {
        let plain = try await RealWorker.convert(Self.quarters(400, 200), to: .jpeg)
        let source = ExifSegment.inserted(into: plain, orientation: 6)
        #expect(source.contains(text: "GPS") && source.contains(text: "Exif"))
        let style = try StyleSpec(name: "small", width: 100, height: 100, format: format)
        let rendered = try await RealWorker.render(source, [style])
        #expect(rendered.reply.styles.first?.picture != nil)
        #expect(ExifSegment.tracks.filter { rendered.files[0].contains(text: $0) } == [])
    }

    @Test func `metadata stays when it is asked for, upright all the same`() async throws {
        let plain = try await RealWorker.convert(Self.quarters(400, 200), to: .jpeg)
        let source = ExifSegment.inserted(into: plain, orientation: 6)
        let style = try StyleSpec(name: "small", width: 100, height: 100, metadata: .keep)
        let rendered = try await RealWorker.render(source, [style])
        #expect(rendered.files[0].contains(text: "GPS larder-track"))
        let again = try await RealWorker.render(rendered.files[0])
        #expect(again.reply.source?.orientation == 1 && again.reply.source?.size == PixelSize(width: 50, height: 100))
    }

    @Test(arguments: [StyleSpec.Format.auto, .webp])
    func `an animation stays one when the style wants it, and shows the frame that it names when not`(
        format: StyleSpec.Format
    ) async throws {
        let gif = GIFFile.frames(40, 30, colours: [[255, 0, 0], [0, 255, 0], [0, 0, 255]])
        let styles = try [
            StyleSpec(name: "film", width: 20, height: 15, mode: .fill, format: format, animated: true),
            StyleSpec(name: "second", width: 20, height: 20, format: .png, page: 2),
            StyleSpec(name: "last", width: 20, height: 20, format: .png, animated: true, page: 9),
        ]
        let rendered = try await RealWorker.render(gif, styles)
        let frames = try await RealWorker.render(
            rendered.files[0],
            [StyleSpec(name: "a", width: 20, height: 20, format: .png, page: 3)]
        )
        #expect(frames.reply.source?.frames == 3 && frames.reply.source?.size == PixelSize(width: 20, height: 15))
        let colours = try [frames.files[0], rendered.files[1], rendered.files[2]].map { file in
            Self.colourName(try #require(PNGPixels(file))[10, 7])
        }
        #expect(colours == ["b", "g", "b"])
    }

    @Test(arguments: [2, 4, 9, 17])
    func `a JPEG that its codec shrinks has the colours of one that is not`(times: Int) async throws {
        let plain = try await RealWorker.convert(Self.quarters(100 * times, 60 * times), to: .jpeg)
        let style = try StyleSpec(name: "a", width: 100, height: 60, format: .png)
        let pixels = try #require(PNGPixels(try await RealWorker.render(plain, [style]).files[0]))
        let colours = [(10, 10), (90, 10), (10, 50), (90, 50)].map { Self.colourName(pixels[$0.0, $0.1]) }
        let whole = try #require(
            PNGPixels(try await RealWorker.render(Self.quarters(100, 60), [style]).files[0])
        )
        #expect(colours == [(10, 10), (90, 10), (10, 50), (90, 50)].map { Self.colourName(whole[$0.0, $0.1]) })
        let cut = try await RealWorker.render(Array(plain.dropLast(plain.count / 3)), [style])
        #expect(cut.reply.failure?.code == .damaged)
    }

    @Test func `an animation beyond its limits shows its first frame`() async throws {
        var limits = ImagingLimits()
        limits.animationFrames = 2
        let gif = GIFFile.frames(40, 30, colours: [[255, 0, 0], [0, 255, 0], [0, 0, 255]])
        let style = try StyleSpec(name: "film", width: 20, height: 20, animated: true)
        let rendered = try await RealWorker.render(gif, [style], limits)
        #expect(try await RealWorker.render(rendered.files[0]).reply.source?.frames == 1)
    }

    @Test func `a style that enlarges does, within the limits`() async throws {
        let styles = try [
            StyleSpec(name: "large", width: 100, height: 100, enlarge: true),
            StyleSpec(name: "huge", width: 4000, height: 4000, mode: .fill, enlarge: true),
        ]
        let rendered = try await RealWorker.render(Self.quarters(40, 20), styles)
        #expect(rendered.reply.styles.first?.picture?.size == PixelSize(width: 100, height: 50))
        #expect(rendered.reply.styles.last?.picture?.size == PixelSize(width: 4000, height: 4000))
        let thread = try await RealWorker.render(PNGFile.picture(1, 2000) { _, _ in [1, 2, 3] }, styles)
        #expect(thread.reply.styles.map { $0.failure?.code } == [nil, .styleTooLarge])
    }

    @Test func `sharpening raises the contrast of an edge and keeps alpha`() async throws {
        let source = PNGFile.picture(200, 200, .rgba) { column, _ in
            column < 100 ? [100, 100, 100, 255] : [150, 150, 150, 128]
        }
        let styles = try [0, 1.5].map { try StyleSpec(name: "a\(Int($0))", width: 100, height: 100, sharpen: $0) }
        let pictures = try await RealWorker.render(source, styles).files.map { try #require(PNGPixels($0)) }
        let contrast = pictures.map { picture in
            let row = (0..<100).map { Int(picture[$0, 50][0]) }
            return (row.max() ?? 0) - (row.min() ?? 0)
        }
        #expect(contrast[1] > contrast[0] + 4)
        #expect(pictures[1][90, 50][3] == 128 && pictures[1][10, 50][3] == 255)
    }

    @Test(.enabled(if: RealWorker.hasAVIF, "libvips has no AVIF here"))
    func `AVIF is made and decoded`() async throws {
        let avif = try await RealWorker.convert(Self.quarters(400, 200), to: .avif)
        #expect(ImageSniffer.sniff(avif) == .image(.avif))
        let rendered = try await RealWorker.render(avif, [StyleSpec(name: "a", width: 100, height: 100, format: .png)])
        let pixels = try #require(PNGPixels(rendered.files[0]))
        #expect(Self.colourName(pixels[5, 5]) == "r" && Self.colourName(pixels[95, 45]) == "b")
    }

    @Test func `SVG is drawn only where it is asked for, as large as the style is`() async throws {
        let svg = Array(
            "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='4'><rect width='8' height='4' fill='#00f'/></svg>"
                .utf8
        )
        let style = try StyleSpec(name: "a", width: 100, height: 100, format: .png)
        #expect(try await RealWorker.render(svg, [style]).reply.failure?.code == .unsupported)
        let drawn = try await RealWorker.withPool {
            $0.program.kinds.append(.svg)
        } _: {
            try await $0.render(svg, [style])
        }
        #expect(drawn.reply.styles.first?.picture?.size == PixelSize(width: 100, height: 50))
        #expect(Self.colourName(try #require(PNGPixels(drawn.files[0]))[50, 25]) == "b")
    }

    @Test func `a kind that is taken off the list is refused`() async throws {
        let reply = try await RealWorker.withPool {
            $0.program.kinds = [.jpeg]
        } _: {
            try await $0.render(Self.quarters(40, 20)).reply
        }
        #expect(reply.failure?.code == .unsupported)
    }

    @Test func `what it looks like is told beside the styles`() async throws {
        let reply = try await RealWorker.render(PNGFile.picture(60, 60) { _, _ in [255, 0, 0] }).reply
        #expect(reply.source?.details?.dominantColor == "ff0000")
        #expect(reply.source?.details?.blurhash == "L9TI:j|cfQ|c|co1fQo1fQfQfQfQ")
        #expect(reply.source?.details?.photoTime == nil)
    }

    @Test func `the same source and style give the same bytes`() async throws {
        let source = try await RealWorker.convert(Self.quarters(500, 300), to: .jpeg)
        let formats: [StyleSpec.Format] =
            RealWorker.hasAVIF ? [.jpeg, .png, .webp, .gif, .avif] : [.jpeg, .png, .webp, .gif]
        let styles = try formats.map {
            try StyleSpec(name: $0.rawValue, width: 100, height: 50, mode: .fill, format: $0)
        }
        #expect(try await RealWorker.render(source, styles).files == RealWorker.render(source, styles).files)
        let gif = GIFFile.frames(40, 30, colours: [[255, 0, 0], [0, 255, 0], [0, 0, 255]])
        let film = try [StyleSpec(name: "film", width: 20, height: 20, animated: true)]
        #expect(try await RealWorker.render(gif, film).files == RealWorker.render(gif, film).files)
    }

    @Test func `what was in a destination before is gone`() async throws {
        let file = try OpenDescriptor.inMemory()
        try Self.quarters(300, 300).withUnsafeBytes { try file.replaceContent(with: $0) }
        let destination = try OpenDescriptor.inMemory()
        try [UInt8](repeating: 7, count: 1 << 20).withUnsafeBytes { try destination.replaceContent(with: $0) }
        let reply = try await RealWorker.withPool {
            try await $0.render(RenderJob(styles: [.thumb]), source: file, destinations: [destination])
        }
        #expect(try destination.read(count: 2 << 20).count == reply.styles.first?.picture?.bytes)
    }
}
