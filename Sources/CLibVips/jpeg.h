#pragma once

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
// Behind jpeglib.h, which it needs.
#include <jerror.h>
#include <vips/vips.h>

// The JPEG loader of libvips gives the codec 4,096 bytes at a time. The codec's fast path wants 3,072 bytes ahead, so
// three quarters of a photograph go the slow way. Given all bytes at once, the codec makes the same pixels from them.

/// A decoder, and where to go on when it gives up.
struct clibvips_jpeg {
    struct jpeg_decompress_struct codec;
    struct jpeg_error_mgr errors;
    jmp_buf failed;
};

static inline void clibvips_jpeg_fail(j_common_ptr codec) {
    char text[JMSG_LENGTH_MAX];
    codec->err->format_message(codec, text);
    vips_error("jpeg", "%s", text);
    longjmp(((struct clibvips_jpeg *)codec)->failed, 1);
}

/// What comes too early is an error here, as it is with `fail_on` in the loader; other oddities are not.
static inline void clibvips_jpeg_note(j_common_ptr codec, int level) {
    if (level < 0 && codec->err->msg_code == JWRN_JPEG_EOF) clibvips_jpeg_fail(codec);
}

/// Decodes the lines into the memory of a picture. Returns 0, or -1 with the reason in the error buffer.
static inline int clibvips_jpeg_lines(struct clibvips_jpeg *jpeg, VipsImage *picture) {
    while (jpeg->codec.output_scanline < jpeg->codec.output_height) {
        JSAMPROW line = VIPS_IMAGE_ADDR(picture, 0, jpeg->codec.output_scanline);
        jpeg_read_scanlines(&jpeg->codec, &line, 1);
    }
    jpeg_finish_decompress(&jpeg->codec);
    return 0;
}

/// Begins to decode; makes a picture of the right size in memory, or none when the colours are not those of grey or RGB.
static inline VipsImage *clibvips_jpeg_begin(struct clibvips_jpeg *jpeg, const void *bytes, size_t length, int shrink) {
    jpeg_create_decompress(&jpeg->codec);
    jpeg_mem_src(&jpeg->codec, (unsigned char *)bytes, length);
    jpeg_read_header(&jpeg->codec, TRUE);
    jpeg->codec.scale_num = 1;
    jpeg->codec.scale_denom = (unsigned)shrink;
    int is_grey = jpeg->codec.out_color_space == JCS_GRAYSCALE;
    if (!is_grey && jpeg->codec.out_color_space != JCS_RGB) return NULL;
    jpeg_start_decompress(&jpeg->codec);
    VipsImage *picture = vips_image_new_memory();
    vips_image_init_fields(
        picture, (int)jpeg->codec.output_width, (int)jpeg->codec.output_height, jpeg->codec.output_components,
        VIPS_FORMAT_UCHAR, VIPS_CODING_NONE, is_grey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB, 1, 1);
    if (vips_image_write_prepare(picture) == 0) return picture;
    g_object_unref(picture);
    longjmp(jpeg->failed, 1);
}

/// Decodes a grey or RGB JPEG into memory, `shrink` (1, 2, 4, 8) of it by the codec itself, without its metadata.
///
/// Returns 0; -1 with the reason in the error buffer; 1 when it has other colours, which the loader of libvips knows.
static inline int clibvips_decode_jpeg(const void *bytes, size_t length, int shrink, VipsImage **out) {
    struct clibvips_jpeg jpeg;
    memset(&jpeg, 0, sizeof jpeg);
    jpeg.codec.err = jpeg_std_error(&jpeg.errors);
    jpeg.errors.error_exit = clibvips_jpeg_fail;
    jpeg.errors.emit_message = clibvips_jpeg_note;
    // Changed between setjmp and longjmp, so it must not live in a register.
    VipsImage *volatile picture = NULL;
    if (setjmp(jpeg.failed) != 0) {
        jpeg_destroy_decompress(&jpeg.codec);
        if (picture != NULL) g_object_unref(picture);
        return -1;
    }
    picture = clibvips_jpeg_begin(&jpeg, bytes, length, shrink);
    if (picture != NULL) clibvips_jpeg_lines(&jpeg, picture);
    jpeg_destroy_decompress(&jpeg.codec);
    *out = picture;
    return picture == NULL ? 1 : 0;
}

/// Copies one field of the metadata, if it is there.
static inline void clibvips_copy_field(VipsImage *from, VipsImage *to, const char *name) {
    GValue value = {0};
    if (vips_image_get_typeof(from, name) == 0 || vips_image_get(from, name, &value) != 0) return;
    vips_image_set(to, name, &value);
    g_value_unset(&value);
}
