extension ChunkedDecoder {
    /// A line after the last chunk.
    ///
    /// With a signed trailer a blank line ends nothing: AWS's guide and some clients put one before the signature.
    mutating func handleTrailer(_ line: [UInt8]) throws(S3Error) -> Event? {
        trailerLines += 1
        guard trailerLines <= limits.trailerLines else { throw .malformedTrailer("too many lines") }
        if line.isEmpty {
            let awaitsSignature = framing.kind == .signedTrailer && framing.announcedTrailer != nil
            return awaitsSignature ? nil : try end()
        }
        guard framing.kind != .signed else { throw .malformedTrailer("a trailer where none can be") }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .malformedTrailer("no colon") }
        let name = ByteText.lowercasedASCII(ByteText.trimmed(String(decoding: line[..<colon], as: UTF8.self)))
        let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
        if framing.kind == .signedTrailer, ByteText.equal(name, "x-amz-trailer-signature") {
            try chain?.verify(trailerText: trailer?.signedText ?? "", provided: ByteText.trimmed(value))
            return try end()
        }
        guard let announced = framing.announcedTrailer, ByteText.equal(announced, name) else {
            throw .malformedTrailer("a trailer that was not announced")
        }
        guard trailer == nil else { throw .malformedTrailer("the trailer came twice") }
        trailer = try ChunkedTrailer(name: name, value: value)
        return nil
    }

    /// A line after the end: one blank line may follow a trailer, nothing else.
    mutating func handleEpilogue(_ line: [UInt8]) throws(S3Error) {
        epilogueLines += 1
        guard line.isEmpty, epilogueLines == 1, framing.kind != .signed else {
            throw .malformedTrailer("bytes after the end")
        }
    }

    private mutating func end() throws(S3Error) -> Event {
        guard framing.announcedTrailer == nil || trailer != nil else {
            throw .malformedTrailer("the announced trailer did not come")
        }
        state = .epilogue
        return .end(trailer)
    }
}
