import FoundationEssentials
import Imaging
import Testing

@Suite("Styles") struct StyleTests {
    @Test func `the canonical text of the default styles never changes by accident`() {
        #expect(
            StyleSpec.thumb.canonicalText
                == "pipeline=1;width=150;height=150;mode=fill;gravity=attention;format=auto;quality=80;background=ffffff"
        )
        #expect(
            StyleSpec.medium.canonicalText
                == "pipeline=1;width=600;height=600;mode=fit;gravity=attention;format=auto;quality=80;background=ffffff"
        )
    }

    @Test(arguments: [
        (#""enlarge":true"#, "enlarge=true"), (#""sharpen":0.5"#, "sharpen=0.5"),
        (#""metadata":"keep""#, "metadata=keep"), (#""animated":true"#, "animated=true"), (#""page":2"#, "page=2"),
        (#""flatten":true"#, "flatten=true"), (#""focus":{"x":0.25,"y":1}"#, "focus=0.25,1.0"),
        (#""min_width":5"#, "min_width=5"), (#""min_height":5"#, "min_height=5"), (#""extend":true"#, "extend=true"),
        (#""placement":"north""#, "placement=north"),
    ])
    func `an option changes the canonical text, and only when it is not the default`(
        option: String,
        text: String
    ) throws {
        let plain = try StyleSpec(name: "a", width: 10, height: 10)
        let json = #"{"name":"a","width":10,"height":10,\#(option)}"#
        let style = try JSONDecoder().decode(StyleSpec.self, from: Data(json.utf8))
        #expect(style.canonicalText == "\(plain.canonicalText);\(text)")
        #expect(try JSONDecoder().decode(StyleSpec.self, from: JSONEncoder().encode(style)) == style)
    }

    @Test func `AVIF has a quality of its own`() throws {
        #expect(try StyleSpec(name: "a", width: 1, height: 1, format: .avif).quality == 50)
        #expect(try StyleSpec(name: "a", width: 1, height: 1, format: .avif, quality: 80).quality == 80)
    }

    @Test(arguments: [
        (ImageKind.jpeg, false, ImageKind.jpeg), (.png, true, .png), (.gif, false, .gif), (.webp, true, .webp),
        (.heic, false, .jpeg), (.avif, true, .webp), (.tiff, false, .jpeg), (.tiff, true, .webp), (.svg, true, .webp),
        (.pdf, false, .jpeg), (.mp4, false, .jpeg), (.mkv, false, .jpeg),
    ])
    func `auto keeps the kind that browsers show, and finds one for the rest`(
        source: ImageKind,
        hasAlpha: Bool,
        result: ImageKind
    ) throws {
        #expect(StyleSpec.medium.resultKind(of: source, hasAlpha: hasAlpha) == result)
        let named = try StyleSpec(name: "a", width: 1, height: 1, format: .avif)
        #expect(named.resultKind(of: source, hasAlpha: hasAlpha) == .avif)
    }

    @Test func `the name is not part of the canonical text`() throws {
        let left = try StyleSpec(name: "one", width: 10, height: 10)
        let right = try StyleSpec(name: "two", width: 10, height: 10)
        #expect(left.canonicalText == right.canonicalText)
    }

    @Test(arguments: ["a", "thumb", "x2-large_1", "abcdefghijklmnopqrstuvwxyz012345"])
    func `a good name is taken`(name: String) throws {
        #expect(try StyleSpec(name: name, width: 1, height: 1).name == name)
    }

    @Test(arguments: ["", "A", "1a", "-a", "a b", "a/b", "é", "abcdefghijklmnopqrstuvwxyz0123456"])
    func `a bad name is refused`(name: String) {
        #expect(throws: ImagingError.self) { try StyleSpec(name: name, width: 1, height: 1) }
    }

    @Test(arguments: [(1, 16_384, 80), (16_384, 1, 80), (1, 1, 0), (1, 1, 101), (-1, 1, 80), (1, -1, 80)])
    func `a number outside its range is refused`(width: Int, height: Int, quality: Int) {
        #expect(throws: ImagingError.self) { try StyleSpec(name: "a", width: width, height: height, quality: quality) }
    }

    @Test func `a style is read with its defaults and written in full`() throws {
        let text = ##"{"name":"card","width":320,"height":200,"mode":"fill","gravity":"north","background":"#102030"}"##
        let style = try JSONDecoder().decode(StyleSpec.self, from: Data(text.utf8))
        #expect(style.quality == 80 && style.format == .auto && style.gravity == .north)
        #expect(style.background == StyleColor(red: 0x10, green: 0x20, blue: 0x30))
        #expect(try JSONDecoder().decode(StyleSpec.self, from: JSONEncoder().encode(style)) == style)
    }

    @Test(arguments: [
        #"{"name":"a","width":1,"height":1,"colour":"red"}"#, #"{"width":1,"height":1}"#,
        #"{"name":"a","width":1,"height":1,"mode":"stretch"}"#, #"{"name":"a","width":-1,"height":1}"#,
        #"{"name":"a","min_width":16384}"#, #"{"name":"a","min_height":-1}"#, #"{"name":"a","focus":{"x":0.5}}"#,
        #"{"name":"a","focus":{"x":1.5,"y":0}}"#, #"{"name":"a","placement":"attention"}"#,
        #"{"name":"a","width":1,"height":1,"background":"blue"}"#,
        #"{"name":"a","width":1,"height":1,"sharpen":-1}"#, #"{"name":"a","width":1,"height":1,"sharpen":11}"#,
        #"{"name":"a","width":1,"height":1,"page":0}"#, #"{"name":"a","width":1,"height":1,"metadata":"some"}"#,
    ])
    func `a style with an unknown key or a bad value is refused`(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(StyleSpec.self, from: Data(text.utf8)) }
    }

    @Test func `limits are read in seconds and refuse unknown keys`() throws {
        let decoder = JSONDecoder()
        let limits = try decoder.decode(ImagingLimits.self, from: Data(#"{"cpu_seconds":2.5,"pixels":10}"#.utf8))
        #expect(limits.cpuSeconds == 3 && limits.pixels == 10 && limits.wallTime == .seconds(30))
        #expect(throws: DecodingError.self) { try decoder.decode(ImagingLimits.self, from: Data(#"{"pixel":1}"#.utf8)) }
        #expect(throws: DecodingError.self) {
            try decoder.decode(ImagingLimits.self, from: Data(#"{"frames":0}"#.utf8))
        }
    }

    @Test(arguments: [
        (StyleSpec.Mode.fit, 4000, 3000, "600x450", "600x450", "600x450"),
        (.fit, 3000, 4000, "450x600", "450x600", "450x600"),
        (.fit, 100, 50, "100x50", "100x50", "100x50"), (.fit, 20_000, 10, "600x1", "600x1", "600x1"),
        (.fit, 1, 1, "1x1", "1x1", "1x1"), (.fill, 4000, 3000, "800x600", "600x600", "600x600"),
        (.fill, 100, 50, "100x50", "100x50", "100x50"), (.fill, 20_000, 10, "20000x10", "600x10", "600x10"),
        (.fill, 601, 600, "601x600", "600x600", "600x600"), (.pad, 4000, 3000, "600x450", "600x450", "600x600"),
        (.pad, 10, 10, "10x10", "10x10", "600x600"), (.exact, 4000, 300, "600x300", "600x300", "600x300"),
    ])
    func `the geometry of a 600 by 600 box`(
        mode: StyleSpec.Mode,
        width: Int,
        height: Int,
        scaled: String,
        cut: String,
        canvas: String
    ) throws {
        let style = try StyleSpec(name: "a", width: 600, height: 600, mode: mode)
        let geometry = StyleGeometry(style: style, source: PixelSize(width: width, height: height))
        #expect([geometry.scaled, geometry.cut, geometry.canvas].map(\.description) == [scaled, cut, canvas])
    }

    @Test(arguments: [
        (StyleSpec.Mode.fit, 100, 50, "600x300", "600x300", "600x300"),
        (.fill, 100, 50, "1200x600", "600x600", "600x600"),
        (.pad, 100, 50, "600x300", "600x300", "600x600"), (.exact, 100, 50, "600x600", "600x600", "600x600"),
        (.fit, 1200, 600, "600x300", "600x300", "600x300"),
    ])
    func `a style that enlarges fills its box from any source`(
        mode: StyleSpec.Mode,
        width: Int,
        height: Int,
        scaled: String,
        cut: String,
        canvas: String
    ) throws {
        let style = try StyleSpec(name: "a", width: 600, height: 600, mode: mode, enlarge: true)
        let geometry = StyleGeometry(style: style, source: PixelSize(width: width, height: height))
        #expect([geometry.scaled, geometry.cut, geometry.canvas].map(\.description) == [scaled, cut, canvas])
    }

    @Test(arguments: [
        (300, 0, StyleSpec.Mode.fit, "300x225", "300x225", "300x225"),
        (0, 300, .fit, "400x300", "400x300", "400x300"), (0, 0, .fit, "4000x3000", "4000x3000", "4000x3000"),
        (300, 0, .fill, "300x225", "300x225", "300x225"), (0, 300, .exact, "4000x300", "4000x300", "4000x300"),
        (9000, 0, .fit, "4000x3000", "4000x3000", "4000x3000"), (300, 0, .pad, "300x225", "300x225", "300x225"),
        (300, 400, .auto, "300x225", "300x225", "300x225"), (400, 400, .auto, "533x400", "400x400", "400x400"),
        (400, 100, .auto, "400x300", "400x100", "400x100"), (0, 100, .auto, "133x100", "133x100", "133x100"),
        (8000, 4000, .fillDown, "4000x3000", "4000x2000", "4000x2000"),
        (4000, 4000, .fillDown, "4000x3000", "3000x3000", "3000x3000"),
        (8000, 4000, .fill, "4000x3000", "4000x3000", "4000x3000"),
        (400, 400, .fillDown, "533x400", "400x400", "400x400"),
    ])
    func `a side that is not named follows from the other, or from the source`(
        width: Int,
        height: Int,
        mode: StyleSpec.Mode,
        scaled: String,
        cut: String,
        canvas: String
    ) throws {
        let style = try StyleSpec(name: "a", width: width, height: height, mode: mode)
        let geometry = StyleGeometry(style: style, source: PixelSize(width: 4000, height: 3000))
        #expect([geometry.scaled, geometry.cut, geometry.canvas].map(\.description) == [scaled, cut, canvas])
    }

    @Test(arguments: [
        (StyleSpec.Mode.fit, 0, 0, true, "100x50", "100x50", "600x400"),
        (.fill, 0, 0, true, "100x50", "100x50", "600x400"), (.fit, 300, 0, false, "300x150", "300x150", "300x150"),
        (.fit, 0, 600, false, "1200x600", "600x400", "600x400"), (.fit, 10, 10, false, "100x50", "100x50", "100x50"),
        (.exact, 700, 0, false, "700x50", "600x50", "600x50"),
    ])
    func `the least sides enlarge, and an extended result has the size of the box`(
        mode: StyleSpec.Mode,
        minimumWidth: Int,
        minimumHeight: Int,
        extend: Bool,
        scaled: String,
        cut: String,
        canvas: String
    ) throws {
        var framing = StyleFraming()
        (framing.minimumWidth, framing.minimumHeight) = (minimumWidth, minimumHeight)
        framing.extend = extend
        let style = try StyleSpec(name: "a", width: 600, height: 400, mode: mode, framing: framing)
        let geometry = StyleGeometry(style: style, source: PixelSize(width: 100, height: 50))
        #expect([geometry.scaled, geometry.cut, geometry.canvas].map(\.description) == [scaled, cut, canvas])
    }

    @Test func `a source of any size gives sides that can be counted`() throws {
        for mode in StyleSpec.Mode.allCases {
            let style = try StyleSpec(name: "a", width: 16_383, height: 0, mode: mode, enlarge: true)
            let geometry = StyleGeometry(style: style, source: PixelSize(width: 1, height: .max))
            #expect(geometry.scaled.height >= 1 && geometry.canvas.width == 16_383)
        }
    }
}
