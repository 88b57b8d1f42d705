internal import CLinux
internal import FoundationEssentials
internal import Glibc
internal import Imaging

/// Becomes ffmpeg, confined: the video is on standard input, one frame of it is left on standard output as PNG.
enum PosterProcess {
    /// Becomes the program with the limits of a job, which are JSON; returns the exit code when it cannot.
    static func become(_ program: String, video kind: String, limits: String) -> Int32 {
        guard let kind = ImageKind(rawValue: kind), let demuxer = demuxer(of: kind),
            let limits = try? JSONDecoder().decode(ImagingLimits.self, from: Data(limits.utf8))
        else { return EX_USAGE }
        Confinement.confineProgram(ELFProgram(path: program), limits)
        let arguments = [program] + arguments(demuxer, limits)
        withCStrings(arguments) { arguments in
            withCStrings(["LC_ALL=C", "MALLOC_ARENA_MAX=2"]) { _ = clinux_become(program, arguments, $0) }
        }
        StandardError.say("\(program) cannot be run: errno \(errno)")
        return EX_UNAVAILABLE
    }

    /// What takes a kind apart; no other can, so no playlist and nothing that names other files is ever read.
    private static func demuxer(of kind: ImageKind) -> String? {
        switch kind {
        case .mp4, .mov: "mov"
        case .webm, .mkv: "matroska"
        default: nil
        }
    }

    /// The decoders of what cameras, phones, browsers and editors make.
    private static let decoders = [
        "h264", "hevc", "vp8", "vp9", "libdav1d", "libaom-av1", "av1", "mpeg4", "h263", "mjpeg", "prores", "mpeg2video",
    ]

    /// How many of the key frames are looked at.
    private static let candidates = 8
    /// How much of the beginning is looked at, in seconds.
    private static let beginning = 120

    private static func arguments(_ demuxer: String, _ limits: ImagingLimits) -> [String] {
        let source = [
            "-nostdin", "-hide_banner", "-loglevel", "fatal", "-threads", "1", "-filter_threads", "1",
            "-protocol_whitelist", "file", "-format_whitelist", "mov,matroska,webm",
            "-codec_whitelist", decoders.joined(separator: ","), "-max_pixels", "\(limits.pixels)",
            "-discard:v", "nokey", "-skip_frame", "nokey", "-t", "\(beginning)",
            "-f", demuxer, "-i", "file:/dev/fd/0",
        ]
        // The most ordinary of the first key frames (the very first is often black), with square pixels, upright.
        let frame = [
            "-map", "0:V:0", "-vf", "thumbnail=\(candidates),scale=trunc(iw*sar):ih,setsar=1", "-frames:v", "1",
        ]
        return source + frame + [
            "-pix_fmt", "rgb24", "-c:v", "png", "-compression_level", "1", "-threads", "1", "-f", "image2pipe",
            "pipe:1",
        ]
    }
}
