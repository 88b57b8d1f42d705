#pragma once

#include <gmodule.h>
#include <vips/vips.h>

// Every libvips operation takes its options as variadic name-value pairs, which Swift cannot call. Each function below is
// one operation with the options that Larder uses spelt out; all return 0, or -1 with the reason in the error buffer.

// Named loaders only: vips_image_new_from_buffer would choose one by content. `fail_on` is given to the loader itself,
// because vips_thumbnail_buffer of 8.14 drops it and a cut file would become a half grey picture.

/// Opens a JPEG, `shrink` (1, 2, 4, 8) of it decoded by the codec itself.
static inline int clibvips_load_jpeg(const void *bytes, size_t length, int shrink, VipsImage **out) {
    return vips_jpegload_buffer(
        (void *)bytes, length, out, "shrink", shrink, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED,
        NULL);
}

/// Opens a PNG.
static inline int clibvips_load_png(const void *bytes, size_t length, VipsImage **out) {
    return vips_pngload_buffer(
        (void *)bytes, length, out, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
}

/// Opens frames of a WebP from `page` (0 is the first) on, below each other, scaled by the codec.
static inline int clibvips_load_webp(
    const void *bytes, size_t length, double scale, int page, int frames, VipsImage **out) {
    return vips_webpload_buffer(
        (void *)bytes, length, out, "page", page, "n", frames, "scale", scale, "access", VIPS_ACCESS_SEQUENTIAL,
        "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
}

/// Opens frames of a GIF from `page` on, below each other.
static inline int clibvips_load_gif(const void *bytes, size_t length, int page, int frames, VipsImage **out) {
    return vips_gifload_buffer(
        (void *)bytes, length, out, "page", page, "n", frames, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
        VIPS_FAIL_ON_TRUNCATED, NULL);
}

/// Opens one page of a TIFF.
static inline int clibvips_load_tiff(const void *bytes, size_t length, int page, VipsImage **out) {
    return vips_tiffload_buffer(
        (void *)bytes, length, out, "page", page, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED,
        NULL);
}

/// Opens one picture of a HEIC or AVIF; the codec turns it upright.
static inline int clibvips_load_heif(const void *bytes, size_t length, int page, VipsImage **out) {
    return vips_heifload_buffer(
        (void *)bytes, length, out, "page", page, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED,
        NULL);
}

/// Draws an SVG, `scale` times as large as it says. From bytes it reads no other file.
static inline int clibvips_load_svg(const void *bytes, size_t length, double scale, VipsImage **out) {
    return vips_svgload_buffer((void *)bytes, length, out, "scale", scale, NULL);
}

/// Draws one page of a PDF, `scale` times as large as 72 dots per inch make it.
static inline int clibvips_load_pdf(const void *bytes, size_t length, double scale, int page, VipsImage **out) {
    return vips_pdfload_buffer((void *)bytes, length, out, "scale", scale, "page", page, NULL);
}

// Savers write to memory, so that the length is known and checked before a byte reaches the destination.

/// Saves as a baseline JPEG; without `strip` with the EXIF, XMP and IPTC that the picture has.
static inline int clibvips_save_jpeg(VipsImage *in, int quality, gboolean strip, void **bytes, size_t *length) {
    return vips_jpegsave_buffer(in, bytes, length, "Q", quality, "optimize_coding", TRUE, "strip", strip, NULL);
}

/// Saves as a PNG.
static inline int clibvips_save_png(VipsImage *in, gboolean strip, void **bytes, size_t *length) {
    return vips_pngsave_buffer(in, bytes, length, "compression", 6, "strip", strip, NULL);
}

/// Saves as a lossy WebP, animated when it has pages. Effort 2 costs half the CPU of the default and a few per cent of size.
static inline int clibvips_save_webp(VipsImage *in, int quality, gboolean strip, void **bytes, size_t *length) {
    return vips_webpsave_buffer(in, bytes, length, "Q", quality, "effort", 2, "strip", strip, NULL);
}

/// Saves as AVIF. Effort 1 costs an eighth of the default for files of the same size.
static inline int clibvips_save_avif(VipsImage *in, int quality, gboolean strip, void **bytes, size_t *length) {
    return vips_heifsave_buffer(
        in, bytes, length, "Q", quality, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "effort", 1, "strip", strip,
        NULL);
}

/// Saves as a GIF, animated when it has pages. Effort 1 costs a fifth of the default, which matters little to small frames.
static inline int clibvips_save_gif(VipsImage *in, void **bytes, size_t *length) {
    return vips_gifsave_buffer(in, bytes, length, "effort", 1, NULL);
}

/// Sets pictures of one size below each other.
static inline int clibvips_stack(VipsImage **pictures, int count, VipsImage **out) {
    return vips_arrayjoin(pictures, out, count, "across", 1, NULL);
}

/// Sharpens the lightness of a picture without alpha.
static inline int clibvips_sharpen(VipsImage *in, VipsImage **out, double sigma) {
    return vips_sharpen(in, out, "sigma", sigma, NULL);
}

/// Some of the bands.
static inline int clibvips_bands(VipsImage *in, VipsImage **out, int first, int count) {
    return vips_extract_band(in, out, first, "n", count, NULL);
}

/// The bands of both, one behind the other.
static inline int clibvips_join_bands(VipsImage *left, VipsImage *right, VipsImage **out) {
    return vips_bandjoin2(left, right, out, NULL);
}

/// Scales both axes by Lanczos.
static inline int clibvips_resize(VipsImage *in, VipsImage **out, double horizontal, double vertical) {
    return vips_resize(in, out, horizontal, "vscale", vertical, "kernel", VIPS_KERNEL_LANCZOS3, NULL);
}

/// Multiplies colour by alpha, without which transparent pixels would bleed into their neighbours.
static inline int clibvips_premultiply(VipsImage *in, VipsImage **out) { return vips_premultiply(in, out, NULL); }

/// Undoes clibvips_premultiply.
static inline int clibvips_unpremultiply(VipsImage *in, VipsImage **out) { return vips_unpremultiply(in, out, NULL); }

/// Changes the number format; `shift` keeps the brightness between 16 and 8 bits.
static inline int clibvips_cast(VipsImage *in, VipsImage **out, VipsBandFormat format, gboolean shift) {
    return vips_cast(in, out, format, "shift", shift, NULL);
}

/// The same pixels read as another colour space.
static inline int clibvips_reinterpret(VipsImage *in, VipsImage **out, VipsInterpretation interpretation) {
    return vips_copy(in, out, "interpretation", interpretation, NULL);
}

/// A copy whose metadata can be changed.
static inline int clibvips_copy(VipsImage *in, VipsImage **out) { return vips_copy(in, out, NULL); }

/// Converts from the embedded profile to sRGB, by the profile that libvips has inside.
static inline int clibvips_profile_to_srgb(VipsImage *in, VipsImage **out) {
    return vips_icc_transform(in, out, "srgb", "embedded", TRUE, "intent", VIPS_INTENT_RELATIVE, "depth", 8, NULL);
}

/// Converts to another colour space.
static inline int clibvips_colourspace(VipsImage *in, VipsImage **out, VipsInterpretation space) {
    return vips_colourspace(in, out, space, NULL);
}

/// Turns upright by the EXIF orientation.
static inline int clibvips_autorot(VipsImage *in, VipsImage **out) { return vips_autorot(in, out, NULL); }

/// Cuts out a rectangle.
static inline int clibvips_crop(VipsImage *in, VipsImage **out, int left, int top, int width, int height) {
    return vips_extract_area(in, out, left, top, width, height, NULL);
}

/// Cuts out what the eye looks at (VIPS_INTERESTING_ATTENTION) or what has most detail (VIPS_INTERESTING_ENTROPY).
static inline int clibvips_smart_crop(VipsImage *in, VipsImage **out, int width, int height, VipsInteresting interest) {
    return vips_smartcrop(in, out, width, height, "interesting", interest, NULL);
}

/// Lays alpha over a colour and drops it.
static inline int clibvips_flatten(VipsImage *in, VipsImage **out, double red, double green, double blue) {
    double colour[3] = {red, green, blue};
    VipsArrayDouble *background = vips_array_double_new(colour, 3);
    int result = vips_flatten(in, out, "background", background, NULL);
    vips_area_unref(VIPS_AREA(background));
    return result;
}

/// Adds an opaque alpha band.
static inline int clibvips_add_alpha(VipsImage *in, VipsImage **out) { return vips_addalpha(in, out, NULL); }

/// Sets the picture on a larger canvas of one colour; `bands` says how many of the four numbers count.
static inline int clibvips_embed(
    VipsImage *in, VipsImage **out, int left, int top, int width, int height, const double *colour, int bands) {
    VipsArrayDouble *background = vips_array_double_new(colour, bands);
    int result =
        vips_embed(in, out, left, top, width, height, "extend", VIPS_EXTEND_BACKGROUND, "background", background, NULL);
    vips_area_unref(VIPS_AREA(background));
    return result;
}

/// A black picture, for the self-test.
static inline int clibvips_black(VipsImage **out, int width, int height) {
    return vips_black(out, width, height, "bands", 3, NULL);
}

/// Opens bytes with whatever loader libvips chooses, for the self-test: it must choose none but ours. Returns NULL on failure.
static inline VipsImage *clibvips_load_any(const void *bytes, size_t length) {
    return vips_image_new_from_buffer(bytes, length, "", NULL);
}
