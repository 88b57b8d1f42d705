/// What one picture may cost; every number can be configured.
package struct ImagingLimits: Hashable, Sendable {
    /// The largest source, in bytes.
    package var sourceBytes = 64 << 20
    /// The largest video, in bytes; little of it is read.
    package var videoBytes = 5 << 30
    /// The most pixels of one frame, by its header: 64 million, since phones reach 50.3.
    package var pixels = 64_000_000
    /// The most frames of a source.
    package var frames = 10_000
    /// The most frames of a film that is kept as one; of a longer one the first frame is shown.
    package var animationFrames = 256
    /// The most pixels of all frames together of a film that is kept as one.
    package var animationPixels = 100_000_000
    /// The most pixels that a result may have on one side.
    package var resultSide = 4096
    /// The largest result, in bytes.
    package var resultBytes = 64 << 20
    /// The address space of the process of one job, in bytes.
    package var addressSpace = 1_250_000_000
    /// The processor time of one job; rounded up to whole seconds.
    package var cpuTime: Duration = .seconds(10)
    /// The time from handing a job to a worker until its answer; past it the worker is killed.
    package var wallTime: Duration = .seconds(30)

    /// The limits of a fresh installation.
    package init() {}

    /// The limit on processor time in whole seconds, as the kernel takes it.
    package var cpuSeconds: UInt64 {
        let (seconds, attoseconds) = cpuTime.components
        return UInt64(max(1, seconds + (attoseconds > 0 ? 1 : 0)))
    }

    /// The largest frame of a video on its way, in bytes: more than a PNG of all the allowed pixels.
    package var frameBytes: Int { min(pixels, 1 << 30) * 4 + (1 << 20) }
}

extension ImagingLimits: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case sourceBytes = "source_bytes"
        case videoBytes = "video_bytes"
        case pixels
        case frames
        case animationFrames = "animation_frames"
        case animationPixels = "animation_pixels"
        case resultSide = "result_side"
        case resultBytes = "result_bytes"
        case addressSpace = "address_space"
        case cpuTime = "cpu_seconds"
        case wallTime = "wall_seconds"
    }

    /// Limits from an object with any of the keys; times are in seconds.
    ///
    /// - Throws: `DecodingError`; an unknown key and a number that is not positive are errors.
    package init(from decoder: any Decoder) throws {
        try decoder.refuseUnknownKeys(CodingKeys.allCases)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func number(_ key: CodingKeys, _ standard: Int) throws -> Int {
            guard let found = try values.decodeIfPresent(Int.self, forKey: key) else { return standard }
            guard found > 0 else {
                throw DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: "Must be positive.")
            }
            return found
        }
        func time(_ key: CodingKeys, _ standard: Duration) throws -> Duration {
            guard let found = try values.decodeIfPresent(Double.self, forKey: key) else { return standard }
            guard found > 0, found <= 86_400 else {
                throw DecodingError.dataCorruptedError(
                    forKey: key,
                    in: values,
                    debugDescription: "Must be above 0 and at most a day."
                )
            }
            return .seconds(found)
        }
        sourceBytes = try number(.sourceBytes, sourceBytes)
        videoBytes = try number(.videoBytes, videoBytes)
        pixels = try number(.pixels, pixels)
        frames = try number(.frames, frames)
        animationFrames = try number(.animationFrames, animationFrames)
        animationPixels = try number(.animationPixels, animationPixels)
        resultSide = try number(.resultSide, resultSide)
        resultBytes = try number(.resultBytes, resultBytes)
        addressSpace = try number(.addressSpace, addressSpace)
        cpuTime = try time(.cpuTime, cpuTime)
        wallTime = try time(.wallTime, wallTime)
    }

    /// Writes every limit.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(sourceBytes, forKey: .sourceBytes)
        try values.encode(videoBytes, forKey: .videoBytes)
        try values.encode(pixels, forKey: .pixels)
        try values.encode(frames, forKey: .frames)
        try values.encode(animationFrames, forKey: .animationFrames)
        try values.encode(animationPixels, forKey: .animationPixels)
        try values.encode(resultSide, forKey: .resultSide)
        try values.encode(resultBytes, forKey: .resultBytes)
        try values.encode(addressSpace, forKey: .addressSpace)
        try values.encode(cpuTime / .seconds(1), forKey: .cpuTime)
        try values.encode(wallTime / .seconds(1), forKey: .wallTime)
    }
}
