internal import CLibVips
internal import Imaging

/// Opens the source with the loader of its sniffed kind and decodes it once, as small as the styles allow.
struct SourceDecoder {
    let kind: ImageKind
    let bytes: UnsafeRawBufferPointer
    let limits: ImagingLimits
    /// What is told of it: the kind of a video when it is a frame of one.
    private let toldKind: ImageKind?

    /// Sniffs the kind, which has to be one of these; a frame of a video is a PNG.
    init(_ bytes: UnsafeRawBufferPointer, job: RenderJob, kinds: [ImageKind]) throws(RenderFailure) {
        self.bytes = bytes
        limits = job.limits
        toldKind = job.video
        let kinds = job.video == nil ? kinds : [.png]
        switch ImageSniffer.sniff(bytes) {
        case .image(let kind) where kinds.contains(kind): self.kind = kind
        case .image(let kind): throw RenderFailure(.unsupported, "Files of type \(kind.rawValue) are not rendered.")
        case .unsupported(let name): throw RenderFailure(.unsupported, "Files of type \(name) are not rendered.")
        case .unknown: throw RenderFailure(.unsupported, "This is not a picture of a known kind.")
        }
    }

    /// What the header of a page says, after it was held against the limits; decodes nothing.
    func probe(page: Int = 1) throws(RenderFailure) -> RenderReply.Source {
        let header = try open(shrink: 1, page: page)
        let stored = header.size
        let (pixels, overflow) = stored.width.multipliedReportingOverflow(by: stored.height)
        guard !overflow, pixels <= limits.pixels else {
            throw RenderFailure(.tooManyPixels, "It has \(stored) pixels; at most \(limits.pixels) are rendered.")
        }
        guard header.frames <= limits.frames else {
            throw RenderFailure(.tooManyFrames, "It has \(header.frames) frames; at most \(limits.frames) are taken.")
        }
        return RenderReply.Source(
            kind: toldKind ?? kind,
            size: header.orientation > 4 ? stored.turned : stored,
            frames: header.frames,
            orientation: header.orientation,
            hasAlpha: header.hasAlpha && kind != .pdf
        )
    }

    /// One page or frame, upright, in sRGB, of this size, in memory.
    func still(_ source: RenderReply.Source, page: Int, to size: PixelSize) throws(RenderFailure) -> VipsPicture {
        let stored = source.isTurned ? source.size.turned : source.size
        let target = source.isTurned ? size.turned : size
        let horizontal = Double(target.width) / Double(stored.width)
        let vertical = Double(target.height) / Double(stored.height)
        let largest = max(horizontal, vertical)
        guard !kind.isVector else { return try finish(open(shrink: 1, scale: largest, page: page), source, to: target) }
        let shrink = Self.codecShrink(1 / largest)
        if let photograph = try photograph(shrink: shrink) { return try finish(photograph, source, to: target) }
        return try finish(open(shrink: shrink, page: page), source, to: target)
    }

    /// A JPEG that its codec shrinks, decoded at once; nil for what is better decoded piece by piece.
    private func photograph(shrink: Int32) throws(RenderFailure) -> VipsPicture? {
        // Unshrunk it would need a lot of memory.
        guard kind == .jpeg, shrink > 1 else { return nil }
        var made: UnsafeMutablePointer<VipsImage>?
        let result = clibvips_decode_jpeg(bytes.baseAddress, bytes.count, shrink, &made)
        guard result >= 0 else { throw Vips.takeFailure() }
        guard let made else { return nil }
        let picture = VipsPicture(owning: made)
        picture.takeMetadata(of: try open(shrink: 1))
        return picture
    }

    /// All frames, each as `still` gives it.
    func film(_ source: RenderReply.Source, to size: PixelSize) throws(RenderFailure) -> Film {
        let strip = try open(shrink: 1, frames: source.frames)
        let height = strip.pageHeight
        let target = source.isTurned ? size.turned : size
        var frames: [VipsPicture] = []
        for index in 0..<(strip.size.height / height) {
            let (top, width) = (Int32(index * height), Int32(strip.size.width))
            let frame = try strip.applying { clibvips_crop($0, $1, 0, top, width, Int32(height)) }
            frames.append(try finish(frame, source, to: target))
        }
        return Film(frames: frames, delays: strip.integers("delay"), loop: strip.integer("loop"))
    }

    private func finish(
        _ opened: VipsPicture,
        _ source: RenderReply.Source,
        to target: PixelSize
    ) throws(RenderFailure) -> VipsPicture {
        let paper = kind == .pdf ? try opened.flattened(over: .white) : opened
        let standard = try paper.scaled(to: target).inMemory().standardColour()
        guard source.orientation > 1 else { return try standard.inMemory() }
        return try standard.applying(clibvips_autorot).inMemory()
    }

    /// How much the codec itself may shrink: at least a factor of two is left to the better filter.
    private static func codecShrink(_ ratio: Double) -> Int32 {
        switch ratio {
        case 16...: 8
        case 8...: 4
        case 4...: 2
        default: 1
        }
    }

    private func open(
        shrink: Int32,
        scale: Double = 1,
        page: Int = 1,
        frames: Int = 1
    ) throws(RenderFailure) -> VipsPicture {
        let (start, length) = (bytes.baseAddress, bytes.count)
        let (first, count) = (Int32(page - 1), Int32(frames))
        return try VipsPicture { out in
            switch kind {
            case .jpeg: clibvips_load_jpeg(start, length, shrink, out)
            case .png: clibvips_load_png(start, length, out)
            case .webp: clibvips_load_webp(start, length, 1 / Double(shrink), first, count, out)
            case .gif: clibvips_load_gif(start, length, first, count, out)
            case .tiff: clibvips_load_tiff(start, length, first, out)
            case .heic, .avif: clibvips_load_heif(start, length, first, out)
            case .svg: clibvips_load_svg(start, length, scale, out)
            case .pdf: clibvips_load_pdf(start, length, scale, first, out)
            // `init` takes none of them.
            case .mp4, .mov, .webm, .mkv: -1
            }
        }
    }
}

extension RenderReply.Source {
    /// Whether what is stored has width and height exchanged.
    fileprivate var isTurned: Bool { orientation > 4 }
}
