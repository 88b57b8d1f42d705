extension S3Error {
    /// GetObjectAttributes does not say which attributes.
    package static var missingObjectAttributes: S3Error {
        invalidRequest(
            """
            The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty
            """
        )
    }

    /// GetObjectAttributes asks for an attribute that objects do not have.
    package static func invalidObjectAttribute(_ value: String) -> S3Error {
        invalidArgument("Invalid attribute name specified.", name: "x-amz-object-attributes", value: value)
    }
}
