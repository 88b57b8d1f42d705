import Attachments
import Imaging
import S3Protocol
import Testing

@Suite struct DocumentTests {
    @Test func `a pending attachment has no styles and unknown dimensions`() async throws {
        let fixture = try Fixture()
        let record = try await fixture.attach(nil)
        let document = try fixture.presenter.document(record, addresses: fixture.addresses)
        #expect(
            document.text == """
                {"id":1,"original_url":"\(document.originalURL)","filename":null,"style_url":{},\
                "content_type":"image/jpeg","byte_size":6,"width":null,"height":null,"format":null,"frames":null,\
                "dominant_color":null,"blurhash":null,"state":"pending"}
                """
        )
    }

    @Test func `a finished attachment has its styles in the order of the configuration`() async throws {
        let fixture = try Fixture()
        _ = try await fixture.attach()
        #expect(try await fixture.queue.runNext())
        let record = try await fixture.service.get(1, client: fixture.client)
        let document = try fixture.presenter.document(record, addresses: fixture.addresses)
        let urls = document.styleURLs
        #expect(urls.map(\.name) == ["thumb", "medium"])
        #expect(
            document.text == """
                {"id":1,"original_url":"\(document.originalURL)","filename":"picture.jpg",\
                "style_url":{"thumb":"\(urls[0].url)","medium":"\(urls[1].url)"},\
                "content_type":"image/jpeg","byte_size":6,"width":800,"height":600,"format":"jpeg","frames":1,\
                "dominant_color":"102030","blurhash":"L00","state":"done"}
                """
        )
        #expect(urls[0].url.contains("/uploads/styles/1/thumb-") && urls[0].url.contains("picture-thumb.jpg"))
    }

    @Test func `when and where a photograph was taken is told when it is asked for`() async throws {
        var fixture = try Fixture()
        fixture.configuration.tellsPhotos = true
        _ = try await fixture.attach()
        #expect(try await fixture.queue.runNext())
        let record = try await fixture.service.get(1, client: fixture.client)
        let text = try fixture.presenter.document(record, addresses: fixture.addresses).text
        #expect(
            text.hasSuffix(
                #""photo_time":"2014-05-01T12:34:56","photo_location":{"latitude":48.5,"longitude":-2.25},"state":"done"}"#
            )
        )
    }

    @Test func `a failed attachment says why, a late one says so`() async throws {
        let fixture = try Fixture()
        fixture.renderer.next(failure: .damaged, "The picture is \"cut\" off.")
        _ = try await fixture.attach()
        #expect(try await fixture.queue.runNext())
        let failed = try await fixture.service.get(1, client: fixture.client)
        #expect(
            try fixture.presenter.document(failed, addresses: fixture.addresses).text.hasSuffix(
                #""state":"failed","failure":{"error":"damaged","message":"The picture is \"cut\" off."}}"#
            )
        )
        _ = try await fixture.attach()
        fixture.renderer.next(.error(workerMissing))
        #expect(try await fixture.queue.runNext())
        let late = try await fixture.service.get(2, client: fixture.client)
        #expect(
            try fixture.presenter.document(late, addresses: fixture.addresses).text.hasSuffix(
                #""state":"pending","waiting":{"error":"worker_missing","message":"no worker"}}"#
            )
        )
    }

    @Test func `errors of a request and of a field have the documented shapes`() {
        #expect(
            APIError.badToken().text == """
                {"errors":["Send a valid token in the header Authorization: Token token=YOUR_TOKEN."],\
                "failures":{"base":["Send a valid token in the header Authorization: Token token=YOUR_TOKEN."]},\
                "error_codes":{"base":[{"error":"bad_credentials"}]}}
                """
        )
        #expect(
            APIError.badByteSize(maximum: 9).text == """
                {"failures":{"byte_size":["byte_size must be a whole number from 0 to 9."]},\
                "errors":{"byte_size":["byte_size must be a whole number from 0 to 9."]},\
                "error_codes":{"byte_size":[{"error":"bad_byte_size"}]}}
                """
        )
    }

    @Test(arguments: [
        (APIError.badToken(), 401), (.malformedBody("{}"), 400), (.malformedRange(), 400), (.forbidden("no"), 403),
        (.attachmentNotFound(), 404), (.routeNotFound(), 404),
        (.unavailable("busy", retryAfter: 3), 503), (.contentTypeMissing(), 400), (.contentTypeNotAllowed("é/x"), 422),
        (.keyMissing(), 422), (.keyOutsideUploads(prefix: "a/"), 422), (.uploadNotFound(), 404),
        (.nothingUploaded(), 422), (.tokenNotFound(), 404), (.badTokenName(), 422), (.environmentToken(), 409),
        (.jobNotDead(), 409), (.badFilename(), 422), (.bucketNotAllowed("b"), 422), (.otherFilename("x"), 422),
    ])
    func `each error has its status, and headers that are safe to send`(error: APIError, status: Int) {
        #expect(error.status == status)
        let headers = Dictionary(uniqueKeysWithValues: error.headers)
        #expect(headers["X-Status-Reason"]!.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        #expect((headers["Retry-After"] == "3") == [429, 503].contains(status))
        #expect((headers["WWW-Authenticate"] != nil) == (status == 401))
    }

    @Test(arguments: [
        (#"{"file_attachment":{"key":"a/b"}}"#, "a/b"),
        (#" {"x":1,"file_attachment":{"tags":[],"key":"\u00e9"}} "#, "é"),
    ])
    func `the body of a claim is read`(body: String, key: String) throws {
        #expect(try CreateAttachmentRequest(json: Array(body.utf8)).key == key)
    }

    @Test(arguments: [
        ("", 400), ("{}", 400), ("[]", 400), (#"{"file_attachment":"a"}"#, 400), (#"{"file_attachment":{}}"#, 422),
        (#"{"file_attachment":{"key":1}}"#, 422), (#"{"file_attachment":{"key":""}}"#, 422),
        (#"{"file_attachment":{"key":"a"}"#, 400), (String(repeating: "[", count: 20_000), 400),
    ])
    func `a body of another form is refused`(body: String, status: Int) {
        #expect { try CreateAttachmentRequest(json: Array(body.utf8)) } throws: {
            ($0 as? APIError)?.status == status
        }
    }

    @Test(
        arguments: [
            (nil, ObjectRange(offset: 0, count: 60)), ("objects=0-99", ObjectRange(offset: 0, count: 100)),
            ("objects=0-999", ObjectRange(offset: 0, count: 100)), ("objects=10-10", ObjectRange(offset: 10, count: 1)),
            (" objects=7- ", ObjectRange(offset: 7, count: 60)),
        ] as [(String?, ObjectRange)]
    )
    func `ranges are read`(header: String?, range: ObjectRange) throws {
        #expect(try ObjectRange(header: header) == range)
    }

    @Test(arguments: [
        "bytes=0-1", "objects=", "objects=5", "objects=-5", "objects=9-1", "objects=a-b", "objects=0-1-2",
        "objects=99999999999999999999-", "objects=0-+5",
    ])
    func `other ranges are refused`(header: String) {
        #expect(throws: APIError.malformedRange()) { try ObjectRange(header: header) }
    }

    @Test(
        arguments: [
            (["wait=5"], 5), (["respond-async, wait=10"], 10), (["respond-async", "Wait = 3; x"], 3), ([], nil),
            (["wait"], nil), (["wait=-1"], nil), (["wait=1e3"], nil), (["waiting=5"], nil),
        ] as [([String], Int64?)]
    )
    func `the wait preference is read`(headers: [String], seconds: Int64?) {
        #expect(WaitPreference.seconds(inHeaders: headers) == seconds)
    }
}
