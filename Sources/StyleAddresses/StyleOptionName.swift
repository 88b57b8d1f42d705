/// The name of an option in its long form, whichever was written.
struct StyleOptionName: Hashable, ExpressibleByStringLiteral {
    let text: String

    init(stringLiteral text: String) {
        self.text = text
    }

    init(_ written: String) {
        text = Self.long[written] ?? written
    }

    /// What may be said where styles alone may be named.
    static let harmless: Set<StyleOptionName> = [
        "preset", "format", "expires", "cachebuster", "filename", "return_attachment",
    ]

    private static let long: [String: String] = [
        "rs": "resize", "s": "size", "rt": "resizing_type", "w": "width", "h": "height", "mw": "min-width",
        "mh": "min-height", "z": "zoom", "el": "enlarge", "ex": "extend", "g": "gravity", "q": "quality",
        "fq": "format_quality", "f": "format", "ext": "format", "bg": "background", "sh": "sharpen",
        "sm": "strip_metadata", "da": "disable_animation", "pg": "page", "pr": "preset", "exp": "expires",
        "cb": "cachebuster", "fn": "filename", "att": "return_attachment", "ar": "auto_rotate",
        "scp": "strip_color_profile", "ra": "resizing_algorithm", "exar": "extend_aspect_ratio",
        "extend_ar": "extend_aspect_ratio", "c": "crop", "car": "crop_aspect_ratio", "crop_ar": "crop_aspect_ratio",
        "t": "trim", "pd": "padding", "rot": "rotate", "fl": "flip", "bga": "background_alpha", "a": "adjust",
        "br": "brightness", "co": "contrast", "sa": "saturation", "mc": "monochrome", "dt": "duotone", "bl": "blur",
        "ush": "unsharp_masking", "pix": "pixelate", "bd": "blur_detections", "dd": "draw_detections",
        "col": "colorize", "gr": "gradient", "wm": "watermark", "wmu": "watermark_url", "wmt": "watermark_text",
        "wms": "watermark_size", "wmr": "watermark_rotate", "wmsh": "watermark_shadow", "st": "style",
        "kcr": "keep_copyright", "cp": "color_profile", "icc": "color_profile", "eth": "enforce_thumbnail",
        "aq": "autoquality", "mb": "max_bytes", "jpgo": "jpeg_options", "pngo": "png_options",
        "webpo": "webp_options", "avifo": "avif_options", "jxlo": "jxl_options", "pgs": "pages",
        "vts": "video_thumbnail_second", "vtk": "video_thumbnail_keyframes", "vtt": "video_thumbnail_tile",
        "vta": "video_thumbnail_animation", "fiu": "fallback_image_url", "skp": "skip_processing",
        "hs": "hashsum", "msr": "max_src_resolution", "msfs": "max_src_file_size", "maf": "max_animation_frames",
        "mafr": "max_animation_frame_resolution", "mrd": "max_result_dimension", "op": "objects_position",
    ]

    /// The options of imgproxy that are not honoured, each with what to do about it.
    private static let refused: [String: String] = [
        "auto_rotate": "pictures are always turned upright",
        "strip_color_profile": "results are always in sRGB without a profile",
        "color_profile": "results are always in sRGB",
        "resizing_algorithm": "pictures are always scaled by lanczos3",
        "keep_copyright": "metadata is stripped or kept as a whole, see strip_metadata",
        "enforce_thumbnail": "the picture itself is decoded, never the thumbnail inside it",
        "crop": "a picture is cut by resizing type fill with a gravity",
        "crop_aspect_ratio": "a picture is cut by resizing type fill with a gravity",
        "extend_aspect_ratio": "extend makes a result as large as the box",
        "pages": "one page is shown, see page",
        "raw": "the original is served by S3 itself",
        "skip_processing": "the original is served by S3 itself",
        "fallback_image_url": "a picture that is missing is an error",
        "max_src_resolution": "imaging.max_pixels is the operator's to set",
        "max_src_file_size": "imaging.max_source_bytes is the operator's to set",
        "max_animation_frames": "imaging.animation_frames is the operator's to set",
        "max_animation_frame_resolution": "imaging.animation_pixels is the operator's to set",
        "max_result_dimension": "the largest side is the operator's to set",
    ]

    /// Takes an option of imgproxy that asks for what is done anyway, and refuses any other.
    static func refuse(_ option: StyleOption) throws(StyleAddressError) {
        let name = StyleOptionName(option.name).text
        let isKnown = Set(long.values).contains(name) || refused[name] != nil
        switch name {
        case "auto_rotate", "strip_color_profile": if (try? option.truth(option.only())) == true { return }
        case "resizing_algorithm": if option.arguments == ["lanczos3"] { return }
        case "pages": if option.arguments == ["1"] { return }
        default: if isKnown, option.asksForNothing { return }
        }
        guard isKnown else {
            throw StyleAddressError(.unknownOption, "There is no option '\(option.name)'.")
        }
        let reason = refused[name].map { ": \($0)" } ?? ""
        throw StyleAddressError(
            .unsupportedOption,
            "Option '\(option.name)' of imgproxy is not honoured here\(reason); leave it out."
        )
    }
}
