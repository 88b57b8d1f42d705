import Imaging
import Testing

@Suite("ImageSniffer") struct ImageSnifferTests {
    @Test(arguments: [
        ("\u{FF}\u{D8}\u{FF}\u{E0}", ImageKind.jpeg), ("\u{89}PNG\r\n\u{1A}\n", .png), ("GIF87a", .gif),
        ("GIF89a", .gif),
        ("RIFF\u{1}\u{2}\u{3}\u{4}WEBPVP8 ", .webp), ("II*\0", .tiff), ("MM\0*", .tiff), ("II+\0", .tiff),
        ("\0\0\0\u{18}ftypheic\0\0\0\0", .heic), ("\0\0\0\u{18}ftypavif\0\0\0\0", .avif),
        ("\0\0\0\u{1C}ftypmif1\0\0\0\0mif1heic", .heic), ("\0\0\0\u{1C}ftypmif1\0\0\0\0mif1avif", .avif),
        ("<svg xmlns='x'>", .svg), ("\u{EF}\u{BB}\u{BF} \n<?xml version='1.0'?><!-- a --><SVG>", .svg),
        ("%PDF-1.7", .pdf),
        ("\0\0\0\u{18}ftypisom\0\0\0\0", .mp4), ("\0\0\0\u{18}ftypM4V \0\0\0\0", .mp4),
        ("\0\0\0\u{14}ftypqt  \0\0\0\0", .mov), ("\0\0\0\u{8}wide\0\0\u{1}\0mdat", .mov),
        ("\u{1A}E\u{DF}\u{A3}\u{9F}B\u{86}\u{81}\u{1}B\u{82}\u{84}webmB\u{87}", .webm),
        ("\u{1A}E\u{DF}\u{A3}\u{A3}B\u{86}\u{81}\u{1}B\u{82}\u{88}matroskaB\u{87}", .mkv),
    ])
    func `the kinds that are decoded are told by their first bytes`(text: String, kind: ImageKind) {
        #expect(ImageSniffer.sniff(latin(text)) == .image(kind))
    }

    @Test(arguments: [
        ("<!DOCTYPE html>", "html"),
        ("<?xml version='1.0'?><a/>", "xml"), ("%!PS-Adobe", "postscript"),
        ("\0\0\0\u{18}ftypM4A \0\0\0\0", "m4a"), ("\u{1A}E\u{DF}\u{A3}\u{9F}B\u{82}\u{84}webx", "ebml"),
        ("\u{FF}\u{A}", "jxl"),
        ("8BPS", "psd"), ("MATLAB 5.0 MAT-file", "matlab"), ("\u{89}HDF\r\n\u{1A}\n", "hdf5"),
        ("P6 1 1 255\n", "netpbm"),
        ("push graphic-context\n", "mvg"), ("BM\u{1}\0\0\0\0\0\0\0\u{36}\0\0\0", "bmp"), ("PK\u{3}\u{4}", "zip"),
    ])
    func `known kinds that are not decoded have a name`(text: String, name: String) {
        #expect(ImageSniffer.sniff(latin(text)) == .unsupported(name))
    }

    @Test(arguments: ["", "\u{FF}\u{D8}", "RIFF\0\0\0\0WAVE", "hello", "P6", "BM", "\u{89}PNG"])
    func `anything else is unknown`(text: String) {
        #expect(ImageSniffer.sniff(latin(text)) == .unknown)
    }

    @Test func `any beginning of anything is taken`() {
        var state: UInt64 = 42
        for length in 0..<2000 {
            let bytes = (0..<(length % 1200)).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            }
            _ = ImageSniffer.sniff(bytes)
        }
    }

    private func latin(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }
}
