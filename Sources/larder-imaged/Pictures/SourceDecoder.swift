internal import CLibVips
internal import Imaging

/// Opens the source with the loader of its sniffed kind and decodes it once, as small as the styles allow.
struct SourceDecoder {
    let kind: ImageKind
    let bytes: UnsafeRawBufferPointer
    let limits: ImagingLimits

    /// Sniffs the kind.
    init(_ bytes: UnsafeRawBufferPointer, limits: ImagingLimits) throws(RenderFailure) {
        self.bytes = bytes
        self.limits = limits
        switch ImageSniffer.sniff(bytes) {
        case .image(let kind): self.kind = kind
        case .unsupported(let name): throw RenderFailure(.unsupported, "Files of type \(name) are not rendered.")
        case .unknown: throw RenderFailure(.unsupported, "This is not a picture of a known kind.")
        }
    }

    /// What the header says, after it was held against the limits; decodes nothing.
    func probe() throws(RenderFailure) -> RenderReply.Source {
        let header = try open(shrink: 1)
        let stored = header.size
        let (pixels, overflow) = stored.width.multipliedReportingOverflow(by: stored.height)
        guard !overflow, pixels <= limits.pixels else {
            throw RenderFailure(.tooManyPixels, "It has \(stored) pixels; at most \(limits.pixels) are rendered.")
        }
        guard header.frames <= limits.frames else {
            throw RenderFailure(.tooManyFrames, "It has \(header.frames) frames; at most \(limits.frames) are taken.")
        }
        return RenderReply.Source(
            kind: kind,
            size: header.orientation > 4 ? stored.turned : stored,
            frames: header.frames,
            orientation: header.orientation,
            hasAlpha: header.hasAlpha
        )
    }

    /// The whole picture, upright, in sRGB, of this size, in memory.
    func decode(_ source: RenderReply.Source, to size: PixelSize) throws(RenderFailure) -> VipsPicture {
        let isTurned = source.orientation > 4
        let stored = isTurned ? source.size.turned : source.size
        let target = isTurned ? size.turned : size
        let ratio = min(Double(stored.width) / Double(target.width), Double(stored.height) / Double(target.height))
        let small = try open(shrink: Self.codecShrink(ratio)).scaled(to: target).inMemory()
        let standard = try small.standardColour()
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

    private func open(shrink: Int32) throws(RenderFailure) -> VipsPicture {
        try VipsPicture { out in
            switch kind {
            case .jpeg: clibvips_load_jpeg(bytes.baseAddress, bytes.count, shrink, out)
            case .png: clibvips_load_png(bytes.baseAddress, bytes.count, out)
            case .webp: clibvips_load_webp(bytes.baseAddress, bytes.count, 1 / Double(shrink), out)
            case .gif: clibvips_load_gif(bytes.baseAddress, bytes.count, out)
            }
        }
    }
}
