import NIOCore
import S3Protocol

/// Reads a form upload out of a request body: the fields first, then the file's bytes as they come.
struct FormReader {
    private let body: RequestBody
    private var parser: MultipartFormParser
    private var ready: [ByteBuffer] = []
    private var isFileComplete = false

    init(_ body: RequestBody, boundary: MultipartBoundary) {
        self.body = body
        parser = MultipartFormParser(boundary: boundary)
    }

    /// The fields before the file, and the name that the file's part has.
    ///
    /// - Throws: the parser's refusals; `InvalidArgument` when the form has no file.
    mutating func readFields() async throws -> (PostForm, filename: [UInt8]?) {
        var form = PostForm()
        var filename: [UInt8]??
        while filename == nil {
            let piece = try await nextPiece(atLeast: 1)
            for event in try feed(piece) {
                switch event {
                case .field(let name, let value): try form.append(name: name, value: value)
                case .fileBegins(let name): filename = .some(name)
                case .endsWithoutFile: throw form.refusalWithoutFile()
                case .fileData, .fileCarry, .fileEnds: keep(event, of: piece)
                }
            }
        }
        return (form, filename ?? nil)
    }

    /// The next bytes of the file, nil when it is complete; what follows it in the body does not matter.
    mutating func nextFileBytes() async throws -> ByteBuffer? {
        while ready.isEmpty {
            guard !isFileComplete else { return nil }
            let piece = try await nextPiece(atLeast: RequestBody.highWaterMark)
            for event in try feed(piece) { keep(event, of: piece) }
        }
        return ready.removeFirst()
    }

    private mutating func keep(_ event: MultipartFormParser.Event, of piece: ByteBuffer) {
        switch event {
        case .fileData(let range):
            guard let slice = piece.getSlice(at: piece.readerIndex + range.lowerBound, length: range.count) else {
                return
            }
            ready.append(slice)
        case .fileCarry(let bytes): ready.append(ByteBuffer(bytes: bytes))
        case .fileEnds: isFileComplete = true
        case .field, .fileBegins, .endsWithoutFile: break
        }
    }

    private mutating func feed(_ piece: ByteBuffer) throws -> [MultipartFormParser.Event] {
        try piece.withUnsafeReadableBytes { try parser.feed($0) }
    }

    private mutating func nextPiece(atLeast minimum: Int) async throws -> ByteBuffer {
        do {
            if let piece = try await body.next(atLeast: minimum) { return piece }
        } catch let failure as RequestBody.Failure {
            throw failure.s3Error
        }
        try parser.finish()
        throw S3Error.malformedPOSTRequest("the body ends before the file")
    }
}
