import Imaging
import S3Protocol
import StyleAddresses
import Testing

private let now = Timestamp(seconds: 1_000_000)

private func request(
    _ options: String,
    styles: [StyleSpec] = StyleSpec.defaults,
    presetsOnly: Bool = false
) throws -> StyleRequest {
    let address = try StyleAddress(path: Array("\(options)/plain/uploads/a.png".utf8))
    return try StyleRequest(address, .init(styles: styles, presetsOnly: presetsOnly, now: now))
}

/// The canonical text but for what no option says.
private func canonical(_ options: String, styles: [StyleSpec] = StyleSpec.defaults) throws -> String {
    try request(options, styles: styles).style.canonicalText
}

private let plain = "pipeline=1;width=0;height=0;mode=fit;gravity=center;format=auto;quality=80;background=transparent"

@Suite struct StyleRequestTests {
    @Test(
        arguments: [
            ("", [:]), ("/rs:fill:300:400", ["width": "300", "height": "400", "mode": "fill"]),
            ("/rs:fill-down:300:400", ["width": "300", "height": "400", "mode": "fill-down"]),
            ("/rs:force:300:400", ["width": "300", "height": "400", "mode": "exact"]),
            ("/resize:auto:300:400:1", ["width": "300", "height": "400", "mode": "auto", "enlarge": "true"]),
            ("/rs::300", ["width": "300"]), ("/rs:::400:True", ["height": "400", "enlarge": "true"]),
            ("/s:300:400:0:1", ["width": "300", "height": "400", "mode": "pad"]),
            ("/size:300::t:0", ["width": "300", "enlarge": "true"]),
            ("/rt:fill/w:10/h:20", ["width": "10", "height": "20", "mode": "fill"]),
            (
                "/width:5/height:6/el:1/ex:1:soea",
                ["width": "5", "height": "6", "enlarge": "true", "extend": "true", "placement": "southeast"]
            ),
            ("/rs:fill:3:4/ex:1", ["width": "3", "height": "4", "mode": "fill", "extend": "true"]),
            ("/mw:7/min-height:8", ["min_width": "7", "min_height": "8"]),
            ("/w:100/h:50/dpr:2", ["width": "200", "height": "100"]), ("/w:100/dpr:1.5", ["width": "150"]),
            ("/w:100/h:50/z:2:3", ["width": "200", "height": "150"]),
            ("/w:100/h:50/zoom:0.5", ["width": "50", "height": "25"]),
            ("/w:100/mw:40/dpr:2", ["width": "200", "min_width": "80"]),
            ("/g:no", ["gravity": "north"]), ("/g:so:0:0", ["gravity": "south"]),
            ("/gravity:sowe", ["gravity": "southwest"]),
            ("/g:sm", ["gravity": "attention"]), ("/g:fp:0.25:1", ["focus": "0.25,1.0"]),
            ("/g:fp:1:1/g:ea", ["gravity": "east"]),
            ("/q:5", ["quality": "5"]), ("/quality:0", [:]), ("/f:avif", ["format": "avif", "quality": "50"]),
            ("/f:jpg", ["format": "jpeg"]), ("/ext:jpeg/q:30", ["format": "jpeg", "quality": "30"]),
            ("/fq:webp:33:avif:44/f:avif", ["format": "avif", "quality": "44"]),
            ("/fq:webp:33/f:png", ["format": "png"]),
            ("/bg:ff8000", ["background": "ff8000", "flatten": "true"]),
            ("/bg:f80", ["background": "ff8800", "flatten": "true"]),
            ("/background:255:128:0", ["background": "ff8000", "flatten": "true"]), ("/bg:000/bg:", [:]),
            ("/sh:1.5", ["sharpen": "1.5"]), ("/sm:0", ["metadata": "keep"]), ("/strip_metadata:true", [:]),
            ("/da:0", ["animated": "true"]), ("/pg:1", ["page": "2"]), ("/cb:anything", [:]), ("/cb:%3A%2F", [:]),
            // Asked for, and done anyway.
            ("/ar:1/scp:1/ra:lanczos3/pgs:1", [:]), ("/rot:0/fl:0:0/bl:0/pd:0:0:0:0/wm:0/raw:0/mb:0/c:0:0/kcr:0", [:]),
        ] as [(String, [String: String])]
    )
    func `each option changes the style as it says`(options: String, expected: [String: String]) throws {
        var parts = plain.split(separator: ";").map { String($0.prefix { $0 != "=" }) }
        var values = Dictionary(
            uniqueKeysWithValues: plain.split(separator: ";").map { part in
                (String(part.prefix { $0 != "=" }), String(part.drop { $0 != "=" }.dropFirst()))
            }
        )
        for (name, value) in expected {
            if values[name] == nil { parts.append(name) }
            values[name] = value
        }
        let made = try canonical(options).split(separator: ";").map(String.init)
        #expect(Set(made) == Set(parts.map { "\($0)=\(values[$0] ?? "")" }))
    }

    @Test(arguments: [
        ("/rs:crop:1:1", "fit, fill, fill-down, force or auto"), ("/rs:fit:1:1:0:0:ce:0:0:9", "at most 8 arguments"),
        ("/s:1:2:3", "1, t, true"), ("/w:x", "a whole number from 0 to 16383"), ("/w:-1", "a whole number"),
        ("/w:16384", "0 to 16383"), ("/w:1:2", "at most 1 argument"), ("/w:", "a whole number"),
        ("/h:99999999999999999999", "a whole number"), ("/el:yes", "1, t, true"), ("/ex:", "where the picture lies"),
        ("/ex:1:sm", "ce, no, so"), ("/ex:1:no:5", "offsets are not honoured"), ("/g:", "fp:X:Y"),
        ("/g:up", "ce, no, so"),
        ("/g:no:10", "offset '10'"), ("/g:fp:0.5", "both from 0 to 1"), ("/g:fp:2:0", "a number from 0.0 to 1.0"),
        ("/g:fp:1e-1:0", "a number from"), ("/g:sm:1", "at most 1"), ("/g:obj:face", "ce, no, so"),
        ("/q:101", "0 to 100"), ("/fq:webp", "FORMAT:QUALITY"), ("/fq:webp:0", "1 to 100"), ("/fq:ico:1", "jpg, png"),
        ("/f:svg", "jpg, png, webp, avif or gif"), ("/f:auto", "jpg, png"), ("/f:JPG", "jpg, png"),
        ("/bg:red", "RRGGBB"), ("/bg:#ff0000", "RRGGBB"), ("/bg:transparent", "RRGGBB"), ("/bg:1:2", "at most 1"),
        ("/bg:256:0:0", "0 to 255"), ("/sh:11", "0.0 to 10.0"), ("/sh:nan", "a number"), ("/sm:2", "1, t, true"),
        ("/dpr:0", "0.01 to 100"), ("/dpr:2", "name one of them"), ("/z:2", "name one of them"),
        ("/w:16383/dpr:2", "more than the 16383"), ("/pg:10000", "0 to 9999"), ("/exp:soon", "a whole number"),
        ("/exp:999999", "The address ended at 1970-01-12T13:46:39"), ("/fn:a:1:2", "at most 2"),
        ("/fn:%3F:1", "Base64"),
        ("/pr:huge", "There is no style 'huge' for this source; there are thumb, medium."),
        ("/crop:10:10", "cut by resizing type fill"), ("/rotate:90", "Option 'rotate' of imgproxy is not honoured"),
        ("/ar:0", "always turned upright"), ("/wm:0.5:ce", "not honoured"), ("/blur:3", "not honoured"),
        ("/raw:1", "served by S3 itself"), ("/msr:100", "imaging.max_pixels"), ("/ra:nearest", "lanczos3"),
        ("/skp:png", "served by S3 itself"), ("/nonsense:1", "There is no option 'nonsense'."),
        ("/W:1", "no option 'W'"),
        ("/nonsense:0", "There is no option 'nonsense'."),
    ])
    func `what cannot be honoured is refused by name`(options: String, expected: String) {
        let error = #expect(throws: StyleAddressError.self) { try request(options) }
        #expect(error?.message.contains(expected) == true, "\(String(describing: error))")
    }

    @Test func `an extension names the format, over any option`() throws {
        let address = try StyleAddress(path: Array("/f:png/plain/uploads/a.png@webp".utf8))
        let style = try StyleRequest(address, .init(styles: [], now: now)).style
        #expect(style.format == .webp)
    }

    @Test func `a preset is a named style as a whole, and later options change it`() throws {
        let named = try StyleSpec(
            name: "card",
            width: 320,
            height: 200,
            mode: .pad,
            gravity: .north,
            format: .webp,
            quality: 33,
            background: StyleColor(red: 1, green: 2, blue: 3),
            enlarge: true,
            sharpen: 1,
            metadata: .keep,
            animated: true,
            page: 3
        )
        #expect(try canonical("/w:9/g:sm/pr:card", styles: [named]) == named.canonicalText)
        let changed = try request("/pr:card/f:jpg/w:10", styles: [named]).style
        #expect(changed.format == .jpeg && changed.width == 10 && changed.height == 200 && changed.quality == 33)
        for style in StyleSpec.defaults { #expect(try canonical("/pr:\(style.name)") == style.canonicalText) }
        // The quality of a style that names none is that of the format.
        #expect(try request("/pr:thumb/f:avif").style.quality == 50)
    }

    @Test(arguments: ["/pr:thumb", "/pr:thumb/f:webp/exp:1000001/cb:1/fn:a/att:1", ""])
    func `with presets only a style may be named, and what does not touch pixels`(options: String) throws {
        _ = try request(options, presetsOnly: true)
    }

    @Test(arguments: ["/w:1", "/pr:thumb/q:10", "/rs:fit:1:1", "/crop:1:1", "/g:sm"])
    func `with presets only every other option is forbidden`(options: String) {
        let error = #expect(throws: StyleAddressError.self) { try request(options, presetsOnly: true) }
        #expect(error?.code == .forbiddenOption)
    }

    @Test func `what does not touch the pixels is kept beside the style`() throws {
        let asked = try request("/exp:1000001/exp:1000009/fn:bWVudQ:1/att:1")
        #expect(asked.expires == Timestamp(seconds: 1_000_001) && asked.filename == "menu" && asked.isAttachment)
        let plain = try request("/exp:0/fn:menu/att:0")
        #expect(plain.expires == nil && plain.filename == "menu" && !plain.isAttachment)
        #expect(asked.style.canonicalText == plain.style.canonicalText)
    }

    @Test func `the format of a request that names none can be chosen`() throws {
        let open = try request("/w:100")
        #expect(try open.style(as: .avif).canonicalText == canonical("/w:100/f:avif"))
        #expect(try request("/w:100/q:70").style(as: .avif).quality == 70)
    }

    @Test(
        arguments: [
            (nil, nil), ("", nil), ("*/*", nil), ("image/*", nil), ("image/webp", .webp),
            ("image/avif,image/webp", .avif),
            ("image/webp,image/avif", .avif), ("IMAGE/WEBP ; q=0.1", .webp), ("image/avif;q=0, image/webp", .webp),
            ("image/avif;q=0.000", nil), ("image/png, text/html", nil), ("image/webpx", nil),
        ] as [(String?, StyleSpec.Format?)]
    )
    func `a format is chosen only when the client names it`(header: String?, expected: StyleSpec.Format?) {
        #expect(AcceptedFormats([.avif, .webp]).choice(header) == expected)
        #expect(AcceptedFormats([]).choice(header) == nil)
    }
}
