import S3Protocol
import Testing

/// A form as a client puts it on the wire, with what a server must read from it.
struct FormSample: Sendable, CustomTestStringConvertible {
    let name: String
    let contentType: String
    let body: [UInt8]
    let fields: [String]
    let filename: String?
    let content: String

    var testDescription: String { name }

    init(
        _ name: String,
        contentType: String,
        body: String,
        fields: [String],
        filename: String?,
        content: String
    ) {
        self.name = name
        self.contentType = contentType
        self.body = Array(body.utf8)
        self.fields = fields
        self.filename = filename
        self.content = content
    }
}

extension FormSample {
    static let browser = FormSample(
        "a browser",
        contentType: "multipart/form-data; boundary=----WebKitFormBoundaryAbC123",
        body: "------WebKitFormBoundaryAbC123\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nu/${filename}\r\n"
            + "------WebKitFormBoundaryAbC123\r\nContent-Disposition: form-data; name=\"Content-Type\"\r\n\r\n\r\n"
            + "------WebKitFormBoundaryAbC123\r\nContent-Disposition: form-data; name=\"file\"; "
            + "filename=\"na\u{EF}ve%22\\b.png\"\r\nContent-Type: image/png\r\n\r\n\u{89}PNG\r\n\r\n"
            + "------WebKitFormBoundaryAbC123--\r\n",
        fields: ["key=u/${filename}", "content-type="],
        filename: "na\u{EF}ve%22\\b.png",
        content: "\u{89}PNG\r\n"
    )

    static let curl = FormSample(
        "curl",
        contentType: "multipart/form-data; boundary=------------------------d74496d66958873e",
        body: "--------------------------d74496d66958873e\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n"
            + "--------------------------d74496d66958873e\r\nContent-Disposition: form-data; name=\"file\"; "
            + "filename=\"a%22b.png\"\r\nContent-Type: image/png\r\n\r\n\r\n"
            + "--------------------------d74496d66958873e--\r\n",
        fields: ["key=k"],
        filename: "a%22b.png",
        content: ""
    )

    static let oldCurl = FormSample(
        "curl before 7.81",
        contentType: "multipart/form-data; boundary=----------------------------83ff53821b7c",
        body: "------------------------------83ff53821b7c\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n"
            + "------------------------------83ff53821b7c\r\nContent-Disposition: form-data; name=\"file\"; "
            + "filename=\"a\\\"b\\\\c.png\"\r\nContent-Type: image/png\r\n\r\nx\r\n"
            + "------------------------------83ff53821b7c--\r\n",
        fields: ["key=k"],
        filename: "a\"b\\c.png",
        content: "x"
    )

    static let requests = FormSample(
        "python-requests with a file name on every part",
        contentType: "multipart/form-data; boundary=c7cbfdd911b4e720f1dd8f479c50bc7f",
        body: "--c7cbfdd911b4e720f1dd8f479c50bc7f\r\nContent-Disposition: form-data; name=\"key\"; filename=\"key\""
            + "\r\n\r\nfoo.txt\r\n--c7cbfdd911b4e720f1dd8f479c50bc7f\r\n"
            + "Content-Disposition: form-data; name=\"acl\"; filename=\"acl\"\r\n\r\nprivate\r\n"
            + "--c7cbfdd911b4e720f1dd8f479c50bc7f\r\nContent-Disposition: form-data; name=\"file\"; "
            + "filename=\"file\"\r\n\r\nbar\r\n--c7cbfdd911b4e720f1dd8f479c50bc7f--\r\n",
        fields: ["key=foo.txt", "acl=private"],
        filename: "file",
        content: "bar"
    )

    static let oldRequests = FormSample(
        "python-requests on an old urllib3",
        contentType: "multipart/form-data; boundary=0123",
        body: "--0123\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n"
            + "--0123\r\nContent-Disposition: form-data; name=\"file\"; filename*=utf-8''na%C3%AFve.png\r\n\r\nx\r\n"
            + "--0123--\r\n",
        fields: ["key=k"],
        filename: "na\u{EF}ve.png",
        content: "x"
    )

    static let dotNet = FormSample(
        ".NET",
        contentType: "multipart/form-data; boundary=\"9f1b-4e\"",
        body: "--9f1b-4e\r\nContent-Type: text/plain; charset=utf-8\r\n"
            + "Content-Disposition: form-data; name=key\r\n\r\nk\r\n"
            + "--9f1b-4e\r\nContent-Disposition: form-data; name=file; filename=x; filename*=utf-8''y\r\n\r\nx\r\n"
            + "--9f1b-4e--\r\n",
        fields: ["key=k"],
        filename: "y",
        content: "x"
    )

    static let cakePHP = FormSample(
        "CakePHP",
        contentType: "multipart/form-data; charset=utf-8; boundary=\"4f2a8d\"",
        body: "--4f2a8d\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n"
            + "--4f2a8d\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n"
            + "Content-Transfer-Encoding: base64\r\nContent-Type: image/png\r\n\r\neA==\r\n--4f2a8d--\r\n\r\n",
        fields: ["key=k"],
        filename: "a.png",
        content: "eA=="
    )

    static let dio = FormSample(
        "Flutter's dio, with dashes around the boundary and lower-case headers",
        contentType: "multipart/form-data; boundary=--dio-boundary-17+._--",
        body: "----dio-boundary-17+._--\r\ncontent-disposition: form-data; name=\"key\"\r\n\r\nk\r\n"
            + "----dio-boundary-17+._--\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n"
            + "content-type: image/png\r\n\r\nx\r\n----dio-boundary-17+._----\r\n",
        fields: ["key=k"],
        filename: "a.png",
        content: "x"
    )

    static let blob = FormSample(
        "a Blob",
        contentType: "multipart/form-data; boundary=----geckoformboundary1",
        body: "------geckoformboundary1\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n"
            + "------geckoformboundary1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"blob\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\nx\r\n------geckoformboundary1--\r\n",
        fields: ["key=k"],
        filename: "blob",
        content: "x"
    )

    static let text = FormSample(
        "a file that is a mere field, padding behind delimiters, parts and rubbish behind the file",
        contentType: "Multipart/Form-Data;boundary=b",
        body: "This is the preamble\r\n--bb is not the boundary\r\n--b \t\r\n"
            + "Content-Disposition: form-data; name=\"Key\"\r\nX-Unknown: 1\r\n\r\na\r\n--bc\r\n b\r\n--b\r\n"
            + "CONTENT-DISPOSITION: FORM-DATA; NAME=\"FILE\"\r\n\r\nx\r\n--b\t\r\n"
            + "Content-Disposition: form-data; name=\"submit\"\r\n\r\nUpload\r\n--b--\r\nrubbish\r\n--b",
        fields: ["key=a\r\n--bc\r\n b"],
        filename: nil,
        content: "x"
    )

    static let lookAlikes = FormSample(
        "a file full of look-alikes",
        contentType: "multipart/form-data; boundary=boundary",
        body: "--boundary\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n"
            + "--boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n"
            + "\r\n--boundar\r\n--boundarx\r\r\n--boundary-\r\n--boundary \r \r\n--boundary\n\r\n-\r\n\r\n--boundaryX\r"
            + "\r\n--boundary--",
        fields: ["key=k"],
        filename: "a",
        content:
            "\r\n--boundar\r\n--boundarx\r\r\n--boundary-\r\n--boundary \r \r\n--boundary\n\r\n-\r\n\r\n--boundaryX\r"
    )

    /// The upload form of an Android client, in the dialects of its HTTP library over the years.
    static func ktor(_ version: String, preamble: String, end: String) -> FormSample {
        let boundary = "-5af1-3c2b7d-66e0"
        let fields = [("key", "async_uploads/U/image.png"), ("x-amz-security-token", "")]
        let parts = fields.map { name, value in
            "--\(boundary)\r\nContent-Disposition: form-data; name=\(name)\r\nContent-Length: \(value.utf8.count)"
                + "\r\n\r\n\(value)\r\n"
        }
        return FormSample(
            "ktor \(version)",
            contentType: "multipart/form-data; boundary=\(boundary)",
            body: preamble + parts.joined() + "--\(boundary)\r\n"
                + "Content-Disposition: form-data; name=file; filename=image.png\r\n"
                + "Content-Type: image/png\r\nContent-Length: 4\r\n\r\n\r\n\r\n\r\n--\(boundary)--\(end)",
            fields: ["key=async_uploads/U/image.png", "x-amz-security-token="],
            filename: "image.png",
            content: "\r\n\r\n"
        )
    }

    static let all = [
        browser, curl, oldCurl, requests, oldRequests, dotNet, cakePHP, dio, blob, text, lookAlikes,
        ktor("up to 1.2", preamble: "\r\n\r\n", end: "\r\n\r\n"), ktor("1.3 to 1.5", preamble: "", end: "\r\n\r\n"),
        ktor("from 1.6", preamble: "", end: "\r\n"),
    ]
}

/// What a parser said of a body, with the file put together again.
struct ParsedForm: Equatable {
    var fields: [String] = []
    var filename: String?
    var begun = false
    var ended = false
    var endedWithoutFile = false
    var content: [UInt8] = []

    /// Feeds the pieces one after the other and says that the body is over.
    init(_ pieces: [ArraySlice<UInt8>], contentType: String) throws(S3Error) {
        var parser = MultipartFormParser(boundary: try MultipartBoundary(contentType: contentType))
        for piece in pieces {
            let bytes = Array(piece)
            let events = bytes.withUnsafeBytes { buffer in Result { () throws(S3Error) in try parser.feed(buffer) } }
            for event in try events.get() { take(event, of: bytes) }
        }
        try parser.finish()
    }

    private mutating func take(_ event: MultipartFormParser.Event, of piece: [UInt8]) {
        switch event {
        case .field(let name, let value): fields.append("\(name)=\(String(decoding: value, as: UTF8.self))")
        case .fileBegins(let name):
            filename = name.map { String(decoding: $0, as: UTF8.self) }
            begun = true
        case .fileData(let range): content += piece[range]
        case .fileCarry(let bytes): content += bytes
        case .fileEnds: ended = true
        case .endsWithoutFile: endedWithoutFile = true
        }
    }
}
