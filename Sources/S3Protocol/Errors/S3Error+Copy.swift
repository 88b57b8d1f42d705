extension S3Error {
    /// A copy source without bucket or key.
    package static func copySourceWithoutKey(_ value: String, header: String) -> S3Error {
        invalidArgument(
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
            name: header,
            value: value
        )
    }

    /// The key of a copy source is empty or too long.
    package static func invalidCopySourceKey(_ value: String, header: String) -> S3Error {
        invalidArgument("Invalid copy source object key", name: header, value: value)
    }

    /// The bucket of a copy source cannot be one.
    package static func invalidCopySourceBucket(_ value: String, header: String) -> S3Error {
        invalidArgument("Invalid copy source bucket name", name: header, value: value)
    }

    /// A copy source has a bad escape, or is not UTF-8 behind its escapes.
    package static func invalidCopySourceEncoding(_ value: String, header: String) -> S3Error {
        invalidArgument("Invalid copy source encoding", name: header, value: value)
    }

    /// A copy source on a request that brings its own content.
    package static func copySourceNotAllowed(_ value: String) -> S3Error {
        invalidArgument(
            "You can only specify a copy source header for copy requests.",
            name: "x-amz-copy-source",
            value: value
        )
    }

    /// `x-amz-metadata-directive` is neither COPY nor REPLACE.
    package static func unknownMetadataDirective(_ value: String) -> S3Error {
        invalidArgument("Unknown metadata directive.", name: "x-amz-metadata-directive", value: value)
    }

    /// `x-amz-tagging-directive` is neither COPY nor REPLACE.
    package static func unknownTaggingDirective(_ value: String) -> S3Error {
        invalidArgument("Unknown tagging directive.", name: "x-amz-tagging-directive", value: value)
    }

    /// `x-amz-copy-source-range` is not of its one form.
    package static func malformedCopySourceRange(_ value: String) -> S3Error {
        invalidArgument(
            """
            The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the \
            zero-based offsets of the first and last bytes to copy
            """,
            name: "x-amz-copy-source-range",
            value: value
        )
    }

    /// `x-amz-copy-source-range` ends behind the source.
    package static func copySourceRangeTooLong(_ value: String, size: Int64) -> S3Error {
        invalidArgument(
            "Range specified is not valid for source object of size: \(size)",
            name: "x-amz-copy-source-range",
            value: value
        )
    }

    /// `x-amz-copy-source-range` begins behind the source.
    package static var copySourceRangeOutside: S3Error {
        invalidRequest("The specified copy range is invalid for the source object size")
    }

    /// The source is larger than one copy may be.
    package static func copySourceTooLarge(limit: Int64) -> S3Error {
        invalidRequest(
            "The specified copy source is larger than the maximum allowable size for a copy source: \(limit)"
        )
    }

    /// An object is to be copied onto itself, and nothing about it changes.
    package static var copyOntoItselfChangesNothing: S3Error {
        invalidRequest(
            """
            This copy request is illegal because it is trying to copy an object to itself without changing the \
            object's metadata, storage class, website redirect location or encryption attributes.
            """
        )
    }

    /// The source is a delete marker, named by its version id.
    package static var copySourceIsDeleteMarker: S3Error {
        invalidRequest("The source of a copy request may not specifically refer to a delete marker by version id.")
    }
}
